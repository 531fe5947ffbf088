"""Student's law: a normal law whose variance is only estimated."""

from collections.abc import Callable

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _derived, _fit
from mathml_jax.distributions._law import INF, Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.fundamentals._polynomial import horner
from mathml_jax.special import student
from mathml_jax.special._rising import digamma_rise
from mathml_jax.special._stirling import log1pmx
from mathml_jax.special._student_tail import GAMMA_RATIO, log_student_density

law = Law(
    __name__,
    title="t law",
    reference='Student, "The probable error of a mean", 1908.',
    typical={"x": 1.5, "q": 0.25, "df": 5.0},
    parameters={"df": Parameter(r"\nu", "number of degrees of freedom, positive, inf for the normal law")},
)
Parameters = law.Parameters


@law
def pdf(x: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the t law.

    .. math::

        f(x) = \frac{\Gamma(\frac{\nu + 1}{2})}{\sqrt{\pi \nu}\, \Gamma(\frac{\nu}{2})\, \sigma}
        \Bigl( 1 + \frac{z^2}{\nu} \Bigr)^{-(\nu + 1)/2}

    >>> f"{pdf(0.0, 1.0):.4f}"
    '0.3183'
    """
    return student._density(df, x)


@law
def logpdf(x: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = \log \frac{\Gamma(\frac{\nu + 1}{2})}{\sqrt{\pi \nu}\, \Gamma(\frac{\nu}{2})\, \sigma}
        - \frac{\nu + 1}{2} \log\Bigl( 1 + \frac{z^2}{\nu} \Bigr)

    where the quotient of the two gammas is taken as one function, so that no digits are lost for large
    :math:`\nu`.

    >>> f"{logpdf(1.0, 1e8):.10f}"
    '-1.4189385382'
    """
    return log_student_density(student._bounded(df), x)


@law
def cdf(x: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = \tfrac{1}{2} I_y\bigl(\tfrac{\nu}{2}, \tfrac{1}{2}\bigr)
        \;\text{ for } z < 0, \qquad y = \frac{\nu}{\nu + z^2}

    where :math:`y` is between 0 and 1, and the law is symmetric.

    >>> f"{cdf(1.0, 1.0):.2f}"
    '0.75'
    """
    return student._below(df, x)[0]


@law
def sf(x: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = \tfrac{1}{2} I_y\bigl(\tfrac{\nu}{2}, \tfrac{1}{2}\bigr)
        \;\text{ for } z > 0, \qquad y = \frac{\nu}{\nu + z^2}

    where :math:`y` is between 0 and 1, and the law is symmetric.
    """
    return student._below(df, -x)[0]


@law
def logcdf(x: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows."""
    return student._below(df, x)[1]


@law
def logsf(x: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows.

    >>> f"{logsf(1e100, 5.0):.4f}"
    '-1149.0423'
    """
    return student._below(df, -x)[1]


@law
def ppf(q: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return student._quantile(df, q)


@law
def isf(q: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return -student._quantile(df, q)


@law
def median(df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Median of the t law: its centre.

    .. math::

        F^{-1}\left(\tfrac{1}{2}\right) = \mu

    >>> median(5.0, 3.0).item()
    3.0
    """
    return loc


interval = _derived.interval(law)


@law
def mean(df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the t law; inf, as in SciPy, where there is none because the tails are too heavy.

    .. math::

        E[X] = \mu \;\text{ for } \nu > 1

    >>> mean(jnp.array([1.0, 2.0]), 3.0).tolist()
    [inf, 3.0]
    """
    return jnp.where(df > 1, loc, INF)


@law
def mode(df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mode of the t law: its centre.

    .. math::

        \operatorname{argmax}_x f(x) = \mu

    >>> mode(5.0, 3.0).item()
    3.0
    """
    return loc


@law
def var(df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the t law; inf up to two degrees of freedom, NaN up to one.

    .. math::

        E\left[(X - E[X])^2\right] = \sigma^2 \frac{\nu}{\nu - 2} \;\text{ for } \nu > 2

    >>> var(jnp.array([1.0, 2.0, 4.0])).tolist()
    [nan, inf, 2.0]
    """
    return _above(df, 2.0, 1 / (1 - 2 / _least(df, 2.0)), 1.0)


@law
def skew(df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the t law; NaN up to three degrees of freedom.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = 0 \;\text{ for } \nu > 3

    >>> skew(4.0).item()
    0.0
    """
    return jnp.where(df > 3, loc, jnp.nan)


@law
def kurtosis(df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the t law beyond that of a normal law; inf up to four degrees of freedom, NaN up to two.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = \frac{6}{\nu - 4} \;\text{ for } \nu > 4

    >>> kurtosis(jnp.array([2.0, 4.0, 7.0])).tolist()
    [nan, inf, 2.0]
    """
    return _above(df, 4.0, 6 / (_least(df, 4.0) - 4), 2.0)


@law
def entropy(df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Entropy of the t law, in nats.

    .. math::

        -E[\log f(X)] = \frac{\nu + 1}{2}
        \Bigl( \psi\bigl(\tfrac{\nu + 1}{2}\bigr) - \psi\bigl(\tfrac{\nu}{2}\bigr) \Bigr)
        + \log\Bigl( \sigma \sqrt{\nu}\, B\bigl(\tfrac{\nu}{2}, \tfrac{1}{2}\bigr) \Bigr)

    >>> bool(abs(entropy(1.0) - jnp.log(4 * jnp.pi)) < 1e-6)
    True
    """
    half = student._bounded(df) / 2
    at_centre = -log_student_density(2 * half, jnp.zeros_like(half))
    return (half + 0.5) * digamma_rise(half, jnp.full_like(half, 0.5)) + at_centre


std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], df: Value, loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the t law: normal ones over the roots of independent gamma ones.

    .. math::

        x = \mu + \sigma \frac{u}{\sqrt{2 g / \nu}}

    where :math:`u` is normal and :math:`g` a gamma variable of shape :math:`\nu / 2`.

    >>> rvs(random.key(0), 5.0, size=3).shape
    (3,)
    """
    normal, shape = random.split(key)
    half = student._bounded(df) / 2
    return random.normal(normal, df.shape, df.dtype) / jnp.sqrt(random.gamma(shape, half, df.shape, df.dtype) / half)


@law
def score(x: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \begin{aligned}
        \frac{\partial \log f}{\partial \nu} &= \frac{1}{2} \Bigl( \psi\bigl(\tfrac{\nu + 1}{2}\bigr)
        - \psi\bigl(\tfrac{\nu}{2}\bigr) - \frac{1}{\nu} - \log\Bigl(1 + \frac{z^2}{\nu}\Bigr)
        + \frac{(\nu + 1) z^2}{\nu (\nu + z^2)} \Bigr), \\
        \frac{\partial \log f}{\partial \mu} &= \frac{w z}{\sigma}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{w z^2 - 1}{\sigma}, \qquad w = \frac{\nu + 1}{\nu + z^2}
        \end{aligned}

    where :math:`w` is the weight of an observation, small for outliers.

    >>> [round(slope.item(), 4) for slope in score(2.0, 5.0)]
    [-0.0174, 1.3333, 1.6667]
    """
    nu = student._bounded(df)
    u = x * (x / nu)
    far = u > 1
    near, size = jnp.where(far, 1.0, u), jnp.where(far, jnp.abs(x), 1.0)
    # Far out the square may overflow.
    rest = jnp.where(far, (nu / size) / size, 0.0)
    share = jnp.where(far, 1 / (1 + rest), near / (1 + near))
    log = jnp.where(far, jnp.log(nu) - 2 * jnp.log(size) - jnp.log1p(rest) + share, -log1pmx(near) - near * share)
    return _slope_of_constant(nu) + (log + share / nu) / 2, -(nu + 1) * share / jnp.where(x == 0, jnp.inf, x)


@law
def fisher_information(df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters.

    .. math::

        J = \begin{pmatrix} J_\nu & 0 & \frac{-2}{(\nu + 1)(\nu + 3) \sigma} \\
        0 & \frac{\nu + 1}{(\nu + 3) \sigma^2} & 0 \\
        \frac{-2}{(\nu + 1)(\nu + 3) \sigma} & 0 & \frac{2 \nu}{(\nu + 3) \sigma^2} \end{pmatrix}, \qquad
        J_\nu = \frac{1}{4} \Bigl( \psi'\bigl(\tfrac{\nu}{2}\bigr) - \psi'\bigl(\tfrac{\nu + 1}{2}\bigr)
        - \frac{2 (\nu + 5)}{\nu (\nu + 1)(\nu + 3)} \Bigr)

    >>> fisher_information(1.0)[1].tolist()
    [0.0, 0.5, 0.0]
    """
    nu = student._bounded(df)
    # What cancels is left out, also of the series of `_slope_of_constant`: its first term.
    many, near = _by_steps(
        nu, lambda m: 2 * ((14 * m + 33) * m + 15) / (m * (m + 1)) ** 2 / ((m + 2) * (m + 3) * (m + 5))
    )
    e = 2 / many
    orders = range(2 * len(GAMMA_RATIO) - 1, 1, -2)
    bend = e**3 * horner(tuple(c * n * (n + 1) for c, n in zip(GAMMA_RATIO[:-1], orders, strict=True)), e * e) / many**2
    own = (7 * many + 3) / (2 * many * (many + 1) * (many + 3)) / many**2 - bend + near
    zero, shared = jnp.zeros_like(nu), -2 / (nu + 1) / (nu + 3)
    place, spread = (nu + 1) / (nu + 3), 2 * nu / (nu + 3)
    return (own, zero, shared), (zero, place, zero), (shared, zero, spread)


def _start(data: Array) -> dict[str, Array]:
    """By the median and the quartiles, as if there were five degrees of freedom."""
    low, centre, high = (jnp.quantile(data, q) for q in (0.25, 0.5, 0.75))
    return {"df": jnp.asarray(5.0, data.dtype), "loc": centre, "scale": (high - low) / 1.45}


fit = _fit.fit(law, _start)


def _by_steps(df: Array, fall: Callable[[Array], Array]) -> tuple[Array, Array]:
    """Many degrees of freedom instead of few, and the sum of what is lost at each step of two on the way."""
    few = df < 32
    steps = jnp.arange(0, 32, 2, dtype=df.dtype).reshape(-1, *(1,) * df.ndim)
    return jnp.where(few, df + 32, df), jnp.where(few, fall(jnp.where(few, df, 1.0)[None] + steps).sum(0), 0.0)


def _slope_of_constant(df: Array) -> Array:
    r"""The derivative of the density's logarithm at 0 in df; for many, where it is 1 / (4 df^2), by its series.

    .. math::

        S(\nu) = \frac{1}{2} \Bigl( \psi\bigl(\tfrac{\nu + 1}{2}\bigr) - \psi\bigl(\tfrac{\nu}{2}\bigr)
        - \frac{1}{\nu} \Bigr) = S(\nu + 2) + \frac{1}{\nu (\nu + 1) (\nu + 2)}
    """
    many, near = _by_steps(df, lambda m: 1 / (m * (m + 1) * (m + 2)))
    e = 2 / many
    orders = range(2 * len(GAMMA_RATIO) - 1, 0, -2)
    return -e * e / 2 * horner(tuple(c * n for c, n in zip(GAMMA_RATIO, orders, strict=True)), e * e) + near


def _least(df: Array, bound: float) -> Array:
    return jnp.where(df > bound, df, 2 * bound)


def _above(df: Array, bound: float, value: Array, least: float) -> Array:
    """The value above the bound, inf down to the least, NaN from there."""
    return jnp.where(df > bound, value, jnp.where(df > least, jnp.full_like(df, INF), jnp.nan))


# With outliers, so that the degrees of freedom are few.
_DATA = (-1.0, 2.0, 2.5, 2.8, 3.2, 3.5, 4.0, 7.0)

CONCEPTS = (family(law, {"x": (-3.0, 3.0), "df": (2.5, 8.0)}, data=lambda u: jnp.asarray(_DATA, u.dtype) + u / 10),)
