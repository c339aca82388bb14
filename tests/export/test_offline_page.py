"""The page in a real browser: what it answers, how quickly, and how it looks."""

from __future__ import annotations

import pytest

from exprlearn.runs.exporting import answerer_in_numpy

pytestmark = pytest.mark.long

MODELS = ("transformer", "lstm", "repeat", "transducer", "rewriter", "mlp", "stacked", "causal")
ASK = "expressions => expressions.map(each => window.answer(each))"
MULTIPLY = """([size, times]) => {
  const [one, other] = [new Float32Array(size).fill(1), new Float32Array(size).fill(2)];
  let sum = 0;
  for (let time = 0; time < times; time++) for (let at = 0; at < size; at++) sum += one[at] * other[at];
  return sum;
}"""


@pytest.fixture
def opened(visit, written, tmp_path):
    """Open the page of a model in a browser that is offline."""

    def open_page(name, **settings):
        page = visit(written(name).export(tmp_path / f"{name}.html", "page").as_uri(), offline=True, **settings)
        page.wait_for_selector("html[data-ready]")
        return page

    return open_page


@pytest.mark.parametrize("name", MODELS)
def test_a_page_gives_the_answers_of_predict(opened, written, expressions, name):
    run = written(name)
    expected = answerer_in_numpy(run).answer(expressions, lines=True)
    found = opened(name).evaluate(ASK, expressions)
    assert [each["answer"] for each in found] == expected.texts
    if expected.written is not None:
        assert [each["text"] or each["answer"] for each in found] == expected.written
    if expected.probabilities is not None:
        assert [each["probability"] for each in found] == pytest.approx(expected.probabilities, abs=1e-4)


def test_the_page_of_the_default_model_is_small_and_answers_with_little_beside_its_multiplications(
    browser, opened, written, expressions, tmp_path
):
    page, session = opened("default"), browser.new_browser_cdp_session()
    assert (tmp_path / "default.html").stat().st_size < 2_000_000
    weights = sum(each.value.size for each in answerer_in_numpy(written("default")).decoder.model.variables)

    def seconds(script, given):
        """Return the processor time that pages take for a script, whatever else the machine does, and its value."""
        before = session.send("SystemInfo.getProcessInfo")["processInfo"]
        value = page.evaluate(script, given)
        after = session.send("SystemInfo.getProcessInfo")["processInfo"]
        taken = [sum(each["cpuTime"] for each in told if each["type"] == "renderer") for told in (before, after)]
        return taken[1] - taken[0], value

    page.evaluate(ASK, expressions[:20])
    page.evaluate(MULTIPLY, [1000, 200])
    asked, found = seconds(ASK, expressions[:40])
    steps = sum(len(each["steps"]) for each in found)
    assert steps > 400
    # Each step multiplies by every weight. A loop over as many products takes some 70 milliseconds for forty answers;
    # the clock of a process ticks every ten.
    plain, _ = seconds(MULTIPLY, [weights, 4 * steps])
    assert asked < 15 * plain / 4


def test_the_page_shows_the_working_and_the_probability_of_each_step(opened, written):
    run = written("transformer")
    (prediction,) = run.predict(["1+2*3"], steps=True)
    page = opened("transformer")
    page.get_by_label("Expression").fill("1 + 2 × 3 =")
    page.get_by_role("button", name="Ask").click()
    shares = [f"{100 * step.probability:.1f} %" for step in prediction.steps]
    assert page.locator(".tiles small").all_inner_texts() == shares
    lines = page.locator(".working li").all_inner_texts()
    assert "=".join(lines) == prediction.working


def test_what_cannot_be_read_is_said_beside_the_field(opened):
    page = opened("transducer")
    for text, said in {
        "1+a": "“a” is no sign",
        "11+2": "“11” is longer than the numbers",
        "": "Write an expression.",
    }.items():
        page.get_by_label("Expression").fill(text)
        page.get_by_role("button", name="Ask").click()
        assert said in page.locator("#answer .wrong").inner_text()


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_is_wider_than_the_screen(opened, width):
    page = opened("causal", width=width)
    page.get_by_role("button", name="Ask").click()
    page.locator(".tiles li").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = page.evaluate("[...document.querySelectorAll('p, li, b, small')].map(e => getComputedStyle(e).fontSize)")
    assert min(float(size.removesuffix("px")) for size in sizes) >= 12
