r"""What a verb says of every family alike: its reason, its argument, its result, and how to try it.

A family's own docstrings hold what is its own: the sentence, the formula, perhaps a doctest. `complete` adds the rest.
"""

import inspect
import re
import textwrap
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax._docstring import parse, symbols


class Parameter(NamedTuple):
    """A parameter of a family.

    Attributes:
      symbol: in LaTeX.
      meaning: what it is, then a comma and what its range is.
      valid: whether a value is in that range.
      link: which of `LINKS` takes it to all real numbers, for estimation.
      estimated: whether data estimate it.
      whole: whether it is an integer.
    """

    symbol: str
    meaning: str
    valid: Callable[..., Any] = lambda value: value > 0
    link: str = "log"
    estimated: bool = True
    whole: bool = False


class Link(NamedTuple):
    """From the range of a parameter to all real numbers, and back."""

    forward: Callable[[Array], Array]
    inverse: Callable[[Array], Array]


LINKS = {
    "log": Link(jnp.log, jnp.exp),
    "logit": Link(lambda p: jnp.log(p / (1 - p)), lambda t: 1 / (1 + jnp.exp(-t))),
    "none": Link(lambda value: value, lambda value: value),
}
LOC = Parameter(r"\mu", "shift of the law along the axis", lambda value: value == value, "none")
SCALE = Parameter(r"\sigma", "unit in which the law is stretched, positive")


class Verb(NamedTuple):
    """What is the same for all families; the sentence and the formula are for those that have none of their own.

    Attributes:
      first: the name and the meaning of the argument before the parameters; "" where there is none.
      returns: the result and its edges.
      why: what it is for.
      example: a doctest for those that have none of their own; X, Q and ARGS stand for typical values.
      sentence: what it computes, of the law `{title}`.
      formula: in LaTeX.
    """

    first: str
    returns: str
    why: str
    example: str
    sentence: str = ""
    formula: str = ""


POINT, COUNT, LEVEL = "x: points, any shape.", "k: counts, any shape.", "q: probabilities, any shape."
OUTSIDE = "NaN where a parameter is not valid"

VERBS: Mapping[str, Verb] = {
    "pdf": Verb(
        POINT,
        f"Densities (1 / the unit of `x`), of the broadcast shape; 0 outside the support, {OUTSIDE}.",
        "its product over the data is the likelihood.",
        ">>> bool(abs(logpdf(X, ARGS) - jnp.log(pdf(X, ARGS))) < 1e-5)\nTrue",
        "Density of the {title}.",
    ),
    "logpdf": Verb(
        POINT,
        f"Logarithms of densities, of the broadcast shape; -inf outside the support, {OUTSIDE}.",
        "summed over the data it is the log-likelihood, which does not underflow.",
        ">>> bool(abs(logpdf(X, ARGS) - jnp.log(pdf(X, ARGS))) < 1e-5)\nTrue",
        "Logarithm of the density of the {title}.",
    ),
    "pmf": Verb(
        COUNT,
        f"Probabilities of the broadcast shape; 0 outside the support and between the integers, {OUTSIDE}.",
        "its product over the data is the likelihood.",
        ">>> bool(abs(logpmf(X, ARGS) - jnp.log(pmf(X, ARGS))) < 1e-5)\nTrue",
        "Probability of the count k under the {title}.",
    ),
    "logpmf": Verb(
        COUNT,
        f"Logarithms of probabilities, of the broadcast shape; -inf where the probability is 0, {OUTSIDE}.",
        "summed over the data it is the log-likelihood, which does not underflow.",
        ">>> bool(abs(logpmf(X, ARGS) - jnp.log(pmf(X, ARGS))) < 1e-5)\nTrue",
        "Logarithm of the probability of the count k under the {title}.",
    ),
    "cdf": Verb(
        POINT,
        f"Probabilities of the broadcast shape; 0 below the support, 1 above it, {OUTSIDE}.",
        "every statement of the form: at most this much, with that probability.",
        ">>> f\"{cdf(X, ARGS) + sf(X, ARGS):.5f}\"\n'1.00000'",
        "Probability of at most x.",
    ),
    "sf": Verb(
        POINT,
        f"Probabilities of the broadcast shape; 1 below the support, 0 above it, {OUTSIDE}.",
        "a one-sided p-value is one call of it, and it keeps its digits where 1 - cdf has none.",
        ">>> f\"{cdf(X, ARGS) + sf(X, ARGS):.5f}\"\n'1.00000'",
        "Probability of more than x, exact in the tail.",
        r"S(x) = 1 - F(x)",
    ),
    "logcdf": Verb(
        POINT,
        f"Logarithms of probabilities, of the broadcast shape; -inf below the support, 0 above it, {OUTSIDE}.",
        "the likelihood of an observation that is only known to lie below x.",
        ">>> bool(abs(logcdf(X, ARGS) - jnp.log(cdf(X, ARGS))) < 1e-5)\nTrue",
        "Logarithm of `cdf`.",
        r"\log F(x)",
    ),
    "logsf": Verb(
        POINT,
        f"Logarithms of probabilities, of the broadcast shape; 0 below the support, -inf above it, {OUTSIDE}.",
        "p-values too small for a float, and the likelihood of a censored survival time.",
        ">>> bool(abs(logsf(X, ARGS) - jnp.log(sf(X, ARGS))) < 1e-5)\nTrue",
        "Logarithm of `sf`.",
        r"\log S(x)",
    ),
    "ppf": Verb(
        LEVEL,
        f"Quantiles of the broadcast shape; the ends of the support at 0 and 1, NaN outside [0, 1], {OUTSIDE}.",
        "critical values of tests, ends of intervals, value at risk.",
        ">>> bool(abs(cdf(ppf(Q, ARGS), ARGS) - Q) < 1e-5)\nTrue",
        "Value that is not exceeded with probability q: the quantile, inverse of `cdf`.",
        r"F^{-1}(q)",
    ),
    "isf": Verb(
        LEVEL,
        f"Values of the broadcast shape; the ends of the support at 1 and 0, NaN outside [0, 1], {OUTSIDE}.",
        "the critical value of a one-sided test, without the rounding of 1 - q.",
        ">>> bool(abs(sf(isf(Q, ARGS), ARGS) - Q) < 1e-5)\nTrue",
        "Value that is exceeded with probability q: the inverse of `sf`.",
        r"S^{-1}(q)",
    ),
    "median": Verb(
        "",
        f"Medians of the broadcast shape; {OUTSIDE}.",
        "half of the law lies on either side, however heavy its tails are.",
        ">>> bool(jnp.isclose(median(ARGS), ppf(0.5, ARGS)))\nTrue",
        "Median of the {title}.",
        r"F^{-1}\left(\tfrac{1}{2}\right)",
    ),
    "interval": Verb(
        "confidence: probability, from 0 to 1, any shape.",
        f"`low` and `high`, of the broadcast shape; NaN for a confidence outside [0, 1], {OUTSIDE}.",
        "the range in which a new observation is expected.",
        ">>> both = interval(0.5, ARGS), (ppf(0.25, ARGS), isf(0.25, ARGS))\n"
        ">>> bool(jnp.allclose(*map(jnp.stack, both)))\nTrue",
        "Interval around the median that holds the stated probability, with equal tails.",
        r"\left[F^{-1}\left(\tfrac{1 - c}{2}\right),\; S^{-1}\left(\tfrac{1 - c}{2}\right)\right]",
    ),
    "mean": Verb(
        "",
        f"Means of the broadcast shape; {OUTSIDE}.",
        "what the average of many independent draws comes to.",
        "",
        "Mean of the {title}.",
        r"E[X]",
    ),
    "mode": Verb(
        "",
        f"Modes of the broadcast shape; {OUTSIDE}.",
        "the likeliest value, which maximum a posteriori estimates report.",
        "",
        "Mode of the {title}: where it is densest.",
        r"\operatorname{argmax}_x f(x)",
    ),
    "var": Verb(
        "",
        f"Variances (the unit of `x`, squared), of the broadcast shape; {OUTSIDE}.",
        "the variance of an average of n draws is this divided by n.",
        "",
        "Variance of the {title}.",
        r"E\left[(X - E[X])^2\right]",
    ),
    "cov": Verb(
        "",
        f"Matrices of shape [..., n, n]; {OUTSIDE}.",
        "how the entries of a vector vary together.",
        "",
        "Covariance matrix of the {title}.",
    ),
    "std": Verb(
        "",
        f"Standard deviations, of the broadcast shape; {OUTSIDE}.",
        "the width of the law in the unit of its values.",
        ">>> bool(jnp.allclose(std(ARGS) ** 2, var(ARGS), equal_nan=True))\nTrue",
        "Standard deviation of the {title}.",
        r"\sqrt{E\left[(X - E[X])^2\right]}",
    ),
    "skew": Verb(
        "",
        f"Skewness, a pure number, of the broadcast shape; {OUTSIDE}.",
        "positive where the upper tail is the longer one; a normal law has none.",
        "",
        "Skewness of the {title}.",
        r"\frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}}",
    ),
    "kurtosis": Verb(
        "",
        f"Excess kurtosis, a pure number, of the broadcast shape; {OUTSIDE}.",
        "positive where extremes are more frequent than under a normal law.",
        "",
        "Kurtosis of the {title} beyond that of a normal law.",
        r"\frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3",
    ),
    "moment": Verb(
        "order: which power, from 0 to 4.",
        f"Moments about zero (the unit of `x` to that power), of the broadcast shape; {OUTSIDE}.",
        "mean, variance, skewness and kurtosis are made of the first four.",
        ">>> bool(jnp.allclose(moment(2, ARGS), var(ARGS) + mean(ARGS) ** 2, equal_nan=True))\nTrue",
        "Expectation of a power under the {title}.",
        r"E\left[X^n\right]",
    ),
    "entropy": Verb(
        "",
        f"Entropies in nats, of the broadcast shape; {OUTSIDE}.",
        "how uncertain a draw is, and the least code length at which it can be sent.",
        "",
        "Entropy of the {title}, in nats.",
        r"-E[\log f(X)]",
    ),
    "rvs": Verb(
        "key: a key of `jax.random`.",
        f"Independent random numbers, in the shape `size`, or that of the parameters; {OUTSIDE}.",
        "simulations, and gradients that pass through a random draw.",
        ">>> from jax import random\n>>> rvs(random.key(0), ARGS, size=3).shape\n(3,)",
        "Random numbers from the {title}.",
        r"x = F^{-1}(U)",
    ),
    "score": Verb(
        POINT,
        f"A derivative for each parameter, in their order, of the broadcast shape; {OUTSIDE}.",
        "summed over the data it is zero where the likelihood is greatest.",
        "",
        "Derivative of the log-likelihood of one observation in every parameter.",
    ),
    "fisher_information": Verb(
        "",
        f"A matrix for each set of parameters, shape [..., p, p], in the order of the parameters; {OUTSIDE}.",
        "no unbiased estimator of n observations has a variance below the inverse of n times it.",
        "",
        "How much one observation tells about the parameters.",
        r"J = E\left[s s^T\right]",
    ),
    "fit": Verb(
        "data: observations, any shape.",
        "The parameters, in their order; NaN where the data allow none.",
        "maximum likelihood uses the data better than any other estimate does, once there are many of them.",
        ">>> len(fit(jnp.array([0.2, 0.3, 0.5, 0.7]))) == len(Parameters._fields)\nTrue",
        "The {title} under which the data are likeliest.",
        r"\operatorname{argmax}_\theta \sum_i \log f(x_i; \theta)",
    ),
}
"""Every verb, by name."""

COUNTED = VERBS | {
    "ppf": VERBS["ppf"]._replace(
        returns=f"Counts, exact, of the broadcast shape; one below the support at 0, NaN outside [0, 1], {OUTSIDE}.",
        sentence="The smallest count that is not exceeded with probability q: the quantile.",
        formula=r"F^{-1}(q) = \min \{k : F(k) \ge q\}",
        example=">>> k = ppf(Q, ARGS)\n>>> bool(cdf(k, ARGS) >= Q) and bool(cdf(k - 1, ARGS) < Q)\nTrue",
    ),
    "isf": VERBS["isf"]._replace(
        returns=f"Counts, exact, of the broadcast shape; one below the support at 1, NaN outside [0, 1], {OUTSIDE}.",
        sentence="The smallest count that is exceeded with probability at most q.",
        formula=r"S^{-1}(q) = \min \{k : S(k) \le q\}",
        example=">>> k = isf(Q, ARGS)\n>>> bool(sf(k, ARGS) <= Q) and bool(sf(k - 1, ARGS) > Q)\nTrue",
    ),
    "entropy": VERBS["entropy"]._replace(
        formula=r"-E\left[\log p(X)\right]", example=">>> bool(entropy(ARGS) >= 0)\nTrue"
    ),
}
"""Every verb of a family of counts."""

SYMBOLS = {
    "f": "density",
    "p": "probability of a count",
    "F": "probability of at most :math:`x`",
    "S": "probability of more than :math:`x`",
    "x": "value",
    "k": "count",
    "q": "probability",
    "c": "probability `confidence`",
    "z": "value in units of the scale, :math:`z = (x - \\mu) / \\sigma`",
    "U": "uniform random number in (0, 1)",
    "X": "quantity that follows the law",
    "n": "power `order`",
    "E": "expectation under the law",
    "s": "`score`",
    "T": "sign of a transposed vector",
    "J": "Fisher information",
    r"\theta": "vector of the parameters",
    r"\Gamma": "gamma function",
    r"\psi": "digamma function",
    r"\Phi": "standard normal probability, `special.ndtr`",
    r"\varphi": "standard normal density",
    "B": "beta function",
    "I": "regularised incomplete beta function, `special.betainc`",
    "P": "regularised lower incomplete gamma function, `special.gammainc`",
    "Q": "regularised upper incomplete gamma function, `special.gammaincc`",
    "t": "variable of integration",
    r"\gamma": "constant of Euler",
    r"\zeta": "zeta function of Riemann",
}
"""Symbols that mean the same in every family."""


def _listed(meanings: list[str]) -> str:
    """The meanings as a clause: "a is the one, b the other and c the third"."""
    *most, last = meanings or [""]
    return " and ".join(filter(None, (", ".join(most), last))).replace("` the ", "` is the ", 1)


def complete(
    function: Callable[..., Any],
    title: str,
    parameters: Mapping[str, Parameter],
    typical: Mapping[str, float],
    reference: str,
    variable: str,
    noun: str,
) -> str:
    """The whole docstring: what the function says itself, then what its verb says of every family."""
    own, verb = parse(function), (COUNTED if variable == "k" else VERBS)[function.__name__]
    formula = own.formula or verb.formula
    known = {**SYMBOLS, **{p.symbol: f"{p.meaning.split(',')[0]} `{name}`" for name, p in parameters.items()}}
    named = symbols(" ".join(re.findall(r":math:`([^`]*)`", own.prose)))
    where = _listed([f":math:`{s}` the {known[s]}" for s in sorted(symbols(formula) - named) if s in known])
    values = ", ".join(f"{typical[name]}" for name in parameters if name in typical)
    example = own.examples or verb.example.replace("X", f"{typical.get(variable)}").replace("Q", f"{typical.get('q')}")
    arguments = inspect.signature(function).parameters
    taken = [f"{name}: {p.meaning}." for name, p in parameters.items() if name in arguments]
    first = verb.first.replace(POINT, f"{variable}: {noun}.").replace(COUNT, f"{variable}: {noun}.")
    parts = (
        own.sentence or verb.sentence.format(title=title),
        ".. math::\n\n" + textwrap.indent(formula, "    "),
        " ".join(filter(None, (own.prose, f"{'Here' if own.prose else 'where'} {where}." if where else ""))),
        f"Why it matters: {own.why or verb.why}",
        "Args:\n" + textwrap.indent("\n".join(filter(None, (first, *taken))), "  "),
        f"Returns:\n  {own.returns or verb.returns}",
        f"References:\n  {own.references or reference}",
        example.replace("(ARGS", f"({values}").replace(", ARGS", f", {values}" if values else ""),
    )
    return "\n\n".join(filter(None, parts))
