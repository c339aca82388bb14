"use strict";
// Plays a program of array functions. An array is {kind, shape, data}: "f" float32, "i" int32 or "b" bool, row by row.
const program = (() => {
  const STORES = { f: Float32Array, i: Int32Array, b: Uint8Array };
  const count = (shape) => shape.reduce((product, size) => product * size, 1);
  const make = (kind, shape, data = new STORES[kind](count(shape))) => ({ kind, shape, data });
  const kindOf = (dtype) => ({ f: "f", i: "i", u: "i", b: "b" })[String(dtype)[0]];
  const isArray = (value) => value !== null && typeof value === "object" && "data" in value;
  const asArray = (value) => {
    if (isArray(value)) return value;
    return make(typeof value === "boolean" ? "b" : Number.isInteger(value) ? "i" : "f", [], [value]);
  };
  const axisOf = (axis, array) => (axis < 0 ? axis + array.shape.length : axis);

  // Sizes before, at and behind an axis, by which an array is read as (before, size, behind).
  function aroundAxis({ shape }, axis) {
    return [count(shape.slice(0, axis)), shape[axis], count(shape.slice(axis + 1))];
  }

  function joinedShape(one, other) {
    const length = Math.max(one.length, other.length);
    return Array.from({ length }, (_, place) => {
      const [left, right] = [one, other].map((shape) => shape[place - length + shape.length] ?? 1);
      if (left !== right && left !== 1 && right !== 1) throw new Error(`shapes ${one} and ${other} do not fit`);
      return left === 1 ? right : left;
    });
  }

  // Lists places in the order of an array of a shape, where a step along an axis goes on by its stride. Each step of
  // decoding asks for the same ones, so they are kept.
  const walks = new Map();
  function walk(shape, strides) {
    const key = `${shape}|${strides}`;
    if (!walks.has(key)) walks.set(key, listPlaces(shape, strides));
    return walks.get(key);
  }

  function listPlaces(shape, strides) {
    const found = new Int32Array(count(shape)), at = shape.map(() => 0);
    for (let step = 0, place = 0; step < found.length; step++) {
      found[step] = place;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        place += strides[axis];
        if (++at[axis] < shape[axis]) break;
        place -= strides[axis] * shape[axis];
        at[axis] = 0;
      }
    }
    return found;
  }

  const stridesOf = (shape) => shape.map((_, axis) => count(shape.slice(axis + 1)));

  // Where each number of an array of a shape is found in a smaller one that is repeated to it.
  function places(shape, { shape: own }) {
    const strides = stridesOf(own), missing = shape.length - own.length;
    return walk(shape, shape.map((_, axis) => (own[axis - missing] > 1 ? strides[axis - missing] : 0)));
  }

  function combine(kind, calculate, ...given) {
    const arrays = given.map(asArray);
    const shape = arrays.map((array) => array.shape).reduce(joinedShape);
    const result = make(kind(arrays), shape);
    const [p, q, r] = arrays.map((array) => places(shape, array)), [a, b, c] = arrays.map((array) => array.data);
    const { data } = result;
    if (c) for (let at = 0; at < data.length; at++) data[at] = calculate(a[p[at]], b[q[at]], c[r[at]]);
    else if (b) for (let at = 0; at < data.length; at++) data[at] = calculate(a[p[at]], b[q[at]]);
    else for (let at = 0; at < data.length; at++) data[at] = calculate(a[at]);
    return result;
  }

  const widest = (arrays) => (arrays.some((array) => array.kind === "f") ? "f" : arrays.some((array) => array.kind === "i") ? "i" : "b");
  const number = (arrays) => (widest(arrays) === "f" ? "f" : "i");
  const floats = () => "f", flags = () => "b";
  const each = (kind, calculate) => (...given) => combine(kind, calculate, ...given);

  function reduce(array, { axis = null, keepdims = false }, kind, begin, add) {
    if (axis === null) {
      const data = [array.data.reduce(add, begin)];
      return make(kind, keepdims ? array.shape.map(() => 1) : [], new STORES[kind](data));
    }
    axis = axisOf(axis, array);
    const [before, size, behind] = aroundAxis(array, axis);
    const shape = array.shape.flatMap((each, place) => (place !== axis ? [each] : keepdims ? [1] : []));
    const result = make(kind, shape);
    for (let row = 0; row < before; row++)
      for (let column = 0; column < behind; column++) {
        let value = begin;
        for (let step = 0; step < size; step++) value = add(value, array.data[(row * size + step) * behind + column]);
        result.data[row * behind + column] = value;
      }
    return result;
  }

  function alongAxis(array, axis, change) {
    axis = axisOf(axis, array);
    const [before, size, behind] = aroundAxis(array, axis);
    const result = make(array.kind === "b" ? "i" : array.kind, array.shape);
    const line = new Float64Array(size);
    for (let row = 0; row < before; row++)
      for (let column = 0; column < behind; column++) {
        const at = (step) => (row * size + step) * behind + column;
        for (let step = 0; step < size; step++) line[step] = array.data[at(step)];
        const changed = change(line);
        for (let step = 0; step < size; step++) result.data[at(step)] = changed[step];
      }
    return result;
  }

  // Copies what stands at chosen steps of an axis.
  function chosen(array, axis, steps) {
    const [before, size, behind] = aroundAxis(array, axis);
    const shape = array.shape.map((each, place) => (place === axis ? steps.length : each));
    const result = make(array.kind, shape);
    for (let row = 0; row < before; row++)
      steps.forEach((step, place) => {
        const from = (row * size + step) * behind;
        result.data.set(array.data.subarray(from, from + behind), (row * steps.length + place) * behind);
      });
    return result;
  }

  const range = (start, stop) => Array.from({ length: Math.max(0, stop - start) }, (_, step) => start + step);

  function indexed(array, place) {
    const parts = Array.isArray(place) ? place : [place];
    const taken = parts.filter((part) => part !== null && !(part && part.all === 0)).length;
    const shape = [];
    let axis = 0;
    for (const part of parts) {
      if (part === null) shape.push(1);
      else if (typeof part === "number") {
        array = chosen(array, axis, [part < 0 ? part + array.shape[axis] : part]);
        axis++;
      } else if ("all" in part) {
        for (let rest = array.shape.length - taken; rest > 0; rest--) shape.push(array.shape[axis++]);
      } else {
        const size = array.shape[axis];
        const [start, stop] = part.slice.map((end, side) => (end === null ? side * size : end < 0 ? end + size : Math.min(end, size)));
        array = chosen(array, axis, range(start, stop));
        shape.push(array.shape[axis++]);
      }
    }
    return make(array.kind, [...shape, ...array.shape.slice(axis)], array.data);
  }

  function reshaped(array, sizes) {
    const known = sizes.reduce((product, size) => (size < 0 ? product : product * size), 1);
    return make(array.kind, sizes.map((size) => (size < 0 ? array.data.length / known : size)), array.data);
  }

  function multiplied(left, right) {
    const [rows, inner] = left.shape.slice(-2), [, columns] = right.shape.slice(-2);
    const outer = joinedShape(left.shape.slice(0, -2), right.shape.slice(0, -2));
    const [lefts, rights] = [left, right].map((each) => places(outer, { shape: each.shape.slice(0, -2) }));
    const result = make("f", [...outer, rows, columns]), sums = new Float64Array(columns);
    const { data: factors } = left, { data: others } = right;
    for (let block = 0; block < lefts.length; block++)
      for (let row = 0; row < rows; row++) {
        sums.fill(0);
        let step = 0, at = (lefts[block] * rows + row) * inner, from = rights[block] * inner * columns;
        // Four rows at once: sums are read and written a quarter as often.
        for (; step + 4 <= inner; step += 4, at += 4, from += 4 * columns) {
          const a = factors[at], b = factors[at + 1], c = factors[at + 2], d = factors[at + 3];
          const second = from + columns, third = second + columns, fourth = third + columns;
          for (let column = 0; column < columns; column++)
            sums[column] += a * others[from + column] + b * others[second + column]
              + c * others[third + column] + d * others[fourth + column];
        }
        for (; step < inner; step++, at++, from += columns)
          for (let column = 0; column < columns; column++) sums[column] += factors[at] * others[from + column];
        result.data.set(sums, (block * rows + row) * columns);
      }
    return result;
  }

  function transposed(array, axes = array.shape.map((_, axis) => array.shape.length - 1 - axis)) {
    const strides = stridesOf(array.shape), shape = axes.map((axis) => array.shape[axis]);
    const found = walk(shape, axes.map((axis) => strides[axis])), result = make(array.kind, shape);
    for (let step = 0; step < found.length; step++) result.data[step] = array.data[found[step]];
    return result;
  }

  function joined(arrays, axis) {
    axis = axisOf(axis, arrays[0]);
    const parts = arrays.map((array) => [array, aroundAxis(array, axis)]);
    const size = parts.reduce((sum, [, [, each]]) => sum + each, 0);
    const result = make(widest(arrays), arrays[0].shape.map((each, place) => (place === axis ? size : each)));
    const [before, , behind] = parts[0][1];
    let at = 0;
    for (let row = 0; row < before; row++)
      for (const [array, [, steps]] of parts) {
        const length = steps * behind;
        result.data.set(array.data.subarray(row * length, (row + 1) * length), at);
        at += length;
      }
    return result;
  }

  function padded(array, widths, value) {
    return widths.reduce((grown, [before, behind], axis) => {
      const filled = (size) => make(grown.kind, grown.shape.map((each, place) => (place === axis ? size : each)));
      const ends = [before, behind].map((size) => ((end) => (end.data.fill(value), end))(filled(size)));
      return before || behind ? joined([ends[0], grown, ends[1]], axis) : grown;
    }, array);
  }

  function updated(array, start, part) {
    const result = make(array.kind, array.shape, array.data.slice()), strides = stridesOf(array.shape);
    const first = strides.reduce((sum, stride, axis) => sum + stride * start.data[axis], 0);
    walk(part.shape, strides).forEach((place, step) => { result.data[first + place] = part.data[step]; });
    return result;
  }

  const exponentials = (line) => {
    const largest = Math.max(...line), found = Float64Array.from(line, (value) => Math.exp(value - largest));
    return [found, found.reduce((sum, value) => sum + value, 0), largest];
  };

  // A series up to 3, a continued fraction beyond.
  function errorFunction(value) {
    const size = Math.abs(value);
    if (size < 3) {
      let sum = value, term = value;
      for (let step = 1; Math.abs(term) > 1e-17; step++) {
        term *= -value * value / step;
        sum += term / (2 * step + 1);
      }
      return 2 / Math.sqrt(Math.PI) * sum;
    }
    let fraction = 0;
    for (let step = 60; step > 0; step--) fraction = step / 2 / (size + fraction);
    return Math.sign(value) * (1 - Math.exp(-size * size) / (size + fraction) / Math.sqrt(Math.PI));
  }

  const FUNCTIONS = {
    add: each(number, (a, b) => a + b), subtract: each(number, (a, b) => a - b), multiply: each(number, (a, b) => a * b),
    divide: each(floats, (a, b) => a / b), minimum: each(number, (a, b) => Math.min(a, b)), maximum: each(number, (a, b) => Math.max(a, b)),
    equal: each(flags, (a, b) => a == b), not_equal: each(flags, (a, b) => a != b), greater: each(flags, (a, b) => a > b),
    less: each(flags, (a, b) => a < b), less_equal: each(flags, (a, b) => a <= b),
    logical_and: each(flags, (a, b) => a && b ? 1 : 0), logical_or: each(flags, (a, b) => a || b ? 1 : 0),
    logical_not: each(flags, (a) => !a), where: each((arrays) => widest(arrays.slice(1)), (a, b, c) => (a ? b : c)),
    negative: each(number, (a) => -a), absolute: each(number, Math.abs), square: each(number, (a) => a * a),
    sqrt: each(floats, Math.sqrt), exp: each(floats, Math.exp), log: each(floats, Math.log), tanh: each(floats, Math.tanh),
    cos: each(floats, Math.cos), sin: each(floats, Math.sin), relu: each(number, (a) => Math.max(a, 0)),
    error_function: each(floats, errorFunction),
    cast: (a, { dtype }, kind = dtype) => combine(() => kindOf(kind), kindOf(kind) === "i" ? Math.trunc : (value) => (kindOf(kind) === "b" ? value !== 0 : value), a),
    zeros_like: (a) => make(a.kind, a.shape), ones_like: (a, { dtype }) => filled(a, 1, dtype),
    full_like: (a, options, value = options.fill_value) => filled(a, value, options.dtype),
    sum: (a, options, axis = options.axis) => reduce(a, { ...options, axis }, number([a]), 0, (one, other) => one + other),
    max: (a, options, axis = options.axis) => reduce(a, { ...options, axis }, a.kind, -Infinity, (one, other) => Math.max(one, other)),
    all: (a, options, axis = options.axis) => reduce(a, { ...options, axis }, "b", 1, (one, other) => (one && other ? 1 : 0)),
    any: (a, options, axis = options.axis) => reduce(a, { ...options, axis }, "b", 0, (one, other) => (one || other ? 1 : 0)),
    cumsum: (a, options, axis = options.axis) => alongAxis(a, axis, (line) => { let sum = 0; return line.map((value) => (sum += value)); }),
    flip: (a, options, axis = options.axis) => alongAxis(a, axis, (line) => line.slice().reverse()),
    roll: (a, options, shift = options.shift) => alongAxis(a, options.axis, (line) => line.map((_, step) => line[(step - shift + line.length) % line.length])),
    softmax: (a, { axis = -1 }) => alongAxis(a, axis, (line) => { const [found, sum] = exponentials(line); return found.map((value) => value / sum); }),
    log_softmax: (a, { axis = -1 }) => alongAxis(a, axis, (line) => { const [, sum, largest] = exponentials(line); return line.map((value) => value - largest - Math.log(sum)); }),
    matmul: (a, options, b) => multiplied(a, b), transpose: (a, options, axes = options.axes) => transposed(a, axes),
    expand_dims: (a, options, axis = options.axis) => { const at = axis < 0 ? axis + a.shape.length + 1 : axis; return make(a.kind, [...a.shape.slice(0, at), 1, ...a.shape.slice(at)], a.data); },
    reshape: (a, options, sizes = options.shape) => reshaped(a, [].concat(sizes)),
    reshape_rows: (a, options, sizes) => reshaped(a, [a.shape[0], ...sizes]),
    concatenate: (arrays, options, axis = options.axis ?? 0) => joined(arrays, axis),
    stack: (arrays, options, axis = options.axis ?? 0) => joined(arrays.map((a) => FUNCTIONS.expand_dims(asArray(a), {}, axis)), axis < 0 ? axis + arrays[0].shape.length + 1 : axis),
    split: (a, options, parts, axis = options.axis ?? 0) => { const at = axisOf(axis, a), size = a.shape[at] / parts; return range(0, parts).map((part) => chosen(a, at, range(part * size, (part + 1) * size))); },
    repeat: (a, options, times, axis = options.axis) => chosen(a, axisOf(axis, a), range(0, a.shape[axisOf(axis, a)] * times).map((step) => Math.floor(step / times))),
    pad: (a, options, widths = options.pad_width) => padded(a, widths, options.constant_values ?? 0),
    take: (a, options, ids, axis = options.axis ?? 0) => { const taken = chosen(a, axis, [...asArray(ids).data]); return make(a.kind, [...a.shape.slice(0, axis), ...asArray(ids).shape, ...a.shape.slice(axis + 1)], taken.data); },
    getitem: (a, options, place) => indexed(a, place), slice_update: (a, options, start, part) => updated(a, start, part),
  };

  function filled(array, value, dtype) {
    const result = make(dtype ? kindOf(dtype) : array.kind, array.shape);
    result.data.fill(value);
    return result;
  }

  // Reads a program and its constants, arrays in the order in which it lists them, and returns what runs it.
  function load(document, constants) {
    const known = new Map(document.constants.map((number, place) => [number, constants[place]]));
    return (...given) => {
      const values = new Map(known);
      document.inputs.forEach((number, place) => values.set(number, given[place]));
      const read = (argument) => {
        if (Array.isArray(argument)) return argument.map(read);
        return argument !== null && typeof argument === "object" && "array" in argument ? values.get(argument.array) : argument;
      };
      for (const [name, [first, ...others], options, outputs] of document.steps) {
        const elementwise = !FUNCTIONS[name].length;
        const made = elementwise ? FUNCTIONS[name](...[first, ...others].map(read)) : FUNCTIONS[name](read(first), options, ...others.map(read));
        outputs.length > 1 || Array.isArray(made) ? outputs.forEach((number, place) => values.set(number, made[place])) : values.set(outputs[0], made);
      }
      return document.outputs.map((number) => values.get(number));
    };
  }

  return { load, make, functions: Object.keys(FUNCTIONS) };
})();
