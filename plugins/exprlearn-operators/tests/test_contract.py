"""Every promise of an operator and of a grammar, of all that the package brings."""

from __future__ import annotations

from exprlearn.testing import GrammarContract, OperatorContract


class TestPower(OperatorContract):
    component = "power"


class TestModulo(OperatorContract):
    component = "modulo"


class TestFloorDivide(OperatorContract):
    component = "floor-divide"


class TestFactorial(OperatorContract):
    component = "factorial"


class TestGcd(OperatorContract):
    component = "gcd"


class TestMax(OperatorContract):
    component = "max"


class TestMin(OperatorContract):
    component = "min"


class TestAbsoluteValue(OperatorContract):
    component = "absolute-value"


class TestLess(OperatorContract):
    component = "less"


class TestGreater(OperatorContract):
    component = "greater"


class TestAtMost(OperatorContract):
    component = "at-most"


class TestAtLeast(OperatorContract):
    component = "at-least"


class TestEqual(OperatorContract):
    component = "equal"


class TestUnequal(OperatorContract):
    component = "unequal"


class TestHexadecimal(OperatorContract):
    component = "hexadecimal"


class TestPowersGrammar(GrammarContract):
    component = "powers"


class TestComparisonsGrammar(GrammarContract):
    component = "comparisons"


class TestFunctionsGrammar(GrammarContract):
    component = "functions"
