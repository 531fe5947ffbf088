"""The catalogue: every room of the house, in reading order, and how to find one by name."""

import copyreg
import difflib
from typing import Any

from mathml_jax import distributions
from mathml_jax._concept import Concept, Family
from mathml_jax.calculus import (
    adaptive as adaptive_integrals,
)
from mathml_jax.calculus import (
    derivatives,
    elementary,
    expectations,
    exponentials,
    fields,
    gauss,
    hyperbolic,
    integrals,
    limits,
    monte_carlo,
    multivariate,
    ode,
    partials,
    quasi_random,
    riemann,
    rules,
    second_order,
    taylor_series,
    trigonometric,
)
from mathml_jax.distributions import (
    bernoulli,
    betabinom,
    binom,
    categorical,
    cauchy,
    chi2,
    dirichlet,
    expon,
    f,
    gennorm,
    geom,
    gumbel_l,
    gumbel_r,
    halfnorm,
    hypergeom,
    invgamma,
    kstwobign,
    laplace,
    logistic,
    lognorm,
    multinomial,
    multivariate_normal,
    nbinom,
    ncf,
    nct,
    ncx2,
    pareto,
    poisson,
    randint,
    rayleigh,
    skewnorm,
    studentized_range,
    t,
    triang,
    truncnorm,
    uniform,
    vonmises,
    weibull_min,
)
from mathml_jax.distributions.norm import density, estimation, moments, quantiles
from mathml_jax.fundamentals import exponents, logarithms
from mathml_jax.linalg import eigen, matrices
from mathml_jax.metrics import regression as regression_metrics
from mathml_jax.models import linear
from mathml_jax.nn import activations, attention, convolution, cross_entropy, logit_losses, losses, pooling
from mathml_jax.optimize import (
    adam_variants,
    adaptive,
    clipping,
    constrained,
    cosine_schedules,
    curvatures,
    curve_fitting,
    descent,
    dynamics,
    flow,
    least_squares,
    line_search,
    many_minima,
    multipliers,
    newton_method,
    objectives,
    projections,
    proximal,
    quasi_newton,
    roots,
    scalar_minima,
    scaled,
    schedules,
    sign_descent,
    stationary_points,
    surfaces,
    trajectories,
    trust_region,
)
from mathml_jax.preprocessing import scaling
from mathml_jax.probability import bayes
from mathml_jax.special import (
    beta,
    combinatorics,
    entropies,
    error,
    error_inverses,
    gamma,
    incomplete_beta,
    incomplete_beta_inverse,
    incomplete_gamma,
    incomplete_gamma_inverse,
    kolmogorov_limit,
    log_odds,
    noncentral_chi_square,
    noncentral_f,
    noncentral_t,
    owen,
    student,
    studentized,
    tails,
)
from mathml_jax.stats import chi_square, correlation, descriptive, intervals, regression, t_tests, z_tests

MODULES = (
    *(exponents, logarithms),
    *(matrices, eigen),
    *(limits, derivatives, rules, elementary, exponentials, trigonometric, hyperbolic),
    *(multivariate, partials, second_order, fields, taylor_series),
    *(riemann, integrals, gauss, adaptive_integrals, expectations, monte_carlo, quasi_random, ode),
    *(combinatorics, error, error_inverses, owen, log_odds, entropies),
    *(gamma, incomplete_gamma, incomplete_gamma_inverse),
    *(beta, incomplete_beta, incomplete_beta_inverse, student, tails),
    *(noncentral_chi_square, noncentral_t, kolmogorov_limit, noncentral_f, studentized),
    *(objectives, surfaces, many_minima, descent, adaptive, scaled, adam_variants, sign_descent, clipping),
    *(schedules, cosine_schedules, trajectories, dynamics, flow, curvatures, stationary_points),
    *(scalar_minima, line_search, quasi_newton, newton_method, trust_region, least_squares, curve_fitting),
    *(roots, proximal, projections, multipliers, constrained),
    *(density, quantiles, moments, estimation),
    *(uniform, expon, laplace, logistic, cauchy, gumbel_r, gumbel_l),
    *(halfnorm, lognorm, weibull_min, rayleigh, pareto, triang, truncnorm, kstwobign),
    *(t, distributions.gamma, chi2, distributions.beta, f, invgamma, gennorm, vonmises, skewnorm),
    *(ncx2, nct, ncf, studentized_range),
    *(bernoulli, binom, geom, nbinom, randint, hypergeom, betabinom),
    *(poisson,),
    *(categorical, multinomial, dirichlet, multivariate_normal),
    *(bayes,),
    *(descriptive, intervals, z_tests, t_tests, chi_square, correlation, regression),
    *(activations, losses, cross_entropy, logit_losses, convolution, pooling, attention),
    *(regression_metrics,),
    *(scaling,),
    *(linear,),
)


def _concepts(module: Any) -> tuple[Concept, ...]:
    records = module.CONCEPTS
    return tuple(c for r in records for c in (r.concepts() if isinstance(r, Family) else (r,)))


CONCEPTS: tuple[Concept, ...] = tuple(concept for module in MODULES for concept in _concepts(module))
_BY_NAME = {concept.name: concept for concept in CONCEPTS}
TOPICS: dict[str, tuple[Concept, ...]] = {
    topic: tuple(c for c in CONCEPTS if c.topic == topic) for topic in dict.fromkeys(c.topic for c in CONCEPTS)
}


def find(name: str) -> Concept:
    """The concept of that name, dotted ("nn.softmax") or short ("softmax").

    Raises:
      LookupError: no concept has the name (the message names the nearest), or several have (it lists them).

    >>> find("softmax").name
    'nn.softmax'
    >>> find("sofmax")
    Traceback (most recent call last):
      ...
    LookupError: no concept 'sofmax'; did you mean softmax?
    """
    found = [_BY_NAME[name]] if name in _BY_NAME else [c for n, c in _BY_NAME.items() if n.endswith("." + name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise LookupError(f"several concepts are named {name!r}: {', '.join(c.name for c in found)}")
    near = difflib.get_close_matches(name, [n for long, c in _BY_NAME.items() for n in (c.short_name, long)], n=1)
    raise LookupError(f"no concept {name!r}" + (f"; did you mean {near[0]}?" if near else ""))


# Other processes are sent a concept by its name, as functions are.
copyreg.pickle(Concept, lambda concept: (find, (concept.name,)))
