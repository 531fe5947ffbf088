# %% [markdown]
# # Distributions
#
# A law says how probable each value is. Every family here is a module with the same verbs: density, areas, quantiles,
# moments, random draws, fits. All of them have derivatives in every continuous argument, and digits in the far tails.

# %%
import inspect
from functools import partial

import jax
import jax.numpy as jnp
import scipy.stats
from IPython.display import HTML
from jax import random

from mathml_jax import Step, calculus, check_derivation, compare, plot
from mathml_jax.derivations import check_function
from mathml_jax.distributions import (
    cauchy,
    chi2,
    expon,
    gamma,
    laplace,
    logistic,
    norm,
    poisson,
    t,
    uniform,
    weibull_min,
)
from mathml_jax.plot.style import key

jax.config.update("jax_enable_x64", True)  # sixteen digits instead of seven
jax.config.update("jax_disable_most_optimizations", True)  # what runs once is best compiled quickly

# %% [markdown]
# ## Who comes from whom
#
# Nobody needs to learn them one by one: all are made of uniform numbers, by logarithms, sums, squares and quotients.

# %%
tree = next(f for f in plot.FIGURES if f.name == "the family tree of distributions")
HTML(plot.svg(tree.draw(), tree.alt))

# %% [markdown]
# ## The same verbs everywhere
#
# The density of the normal law, with mean $\mu$ (`loc`) and standard deviation $\sigma$ (`scale`):
#
# $$f(x) = \frac{1}{\sigma \sqrt{2\pi}} e^{-(x - \mu)^2 / (2 \sigma^2)}$$

# %%
print("density:                     ", norm.pdf(105.0, loc=100.0, scale=15.0))
print("probability of at most 105:  ", norm.cdf(105.0, loc=100.0, scale=15.0))
print("exceeded by one in a hundred:", norm.isf(0.01, loc=100.0, scale=15.0))
print("nine in ten lie between:     ", *norm.interval(0.9, loc=100.0, scale=15.0))

# %% [markdown]
# Three views of one family: the density, the area under it up to $x$, and that area read backwards. The t law has
# heavier tails the fewer degrees of freedom it has.

# %%
picture = plot.family(t, jnp.linspace(-5.0, 5.0, 161), df=(1, 3, 30))
HTML(plot.svg(picture, "Density, distribution function and quantiles of t for 1, 3 and 30 degrees of freedom."))

# %% [markdown]
# For counts the density is a probability, and a quantile is an exact integer.

# %%
HTML(plot.svg(plot.family(poisson, range(21), mu=(1, 4, 10)), "The same for the Poisson law: stems and staircases."))

# %%
print("of a million expected events, exceeded in one case of a thousand:", poisson.isf(1e-3, 1e6))

# %% [markdown]
# ## Formula, code, derivative
#
# The area grows as fast as the density is high: $F' = f$.

# %%
print(inspect.getsource(norm.cdf_derivative))

# %%
print(compare(norm.cdf, norm.cdf_derivative, 0.5))

# %% [markdown]
# The slopes of the log-density in the parameters are called the score:
#
# $$\frac{\partial \log f}{\partial \mu} = \frac{z}{\sigma}, \qquad
# \frac{\partial \log f}{\partial \sigma} = \frac{z^2 - 1}{\sigma}, \qquad z = \frac{x - \mu}{\sigma}$$

# %%
print(compare(norm.logpdf, lambda *args: tuple(norm.score(*args)), 3.0, 1.0, 2.0, argnum=(1, 2)))

# %% [markdown]
# Forget that $\sigma$ also stands in front of the bell, and the verdict says what is wrong:

# %%
print(compare(norm.logpdf, lambda x, loc, scale: (x - loc) ** 2 / scale**3, 3.0, 1.0, 2.0, argnum=2))

# %% [markdown]
# ## Where probabilities run out
#
# One minus a number near one is rounding. `sf` computes the tail itself; and where even that is too small for a float,
# `logsf` and `logcdf` give its logarithm.

# %%
print("1 - cdf(10):    ", 1 - norm.cdf(10.0))
print("sf(10):         ", norm.sf(10.0))
print("logcdf(-10000): ", norm.logcdf(-1e4))

# %% [markdown]
# A chi-square statistic of 2000 with one degree of freedom, as a genome scan or a particle detector gives it:

# %%
with_scipy = scipy.stats.chi2.logsf(2000, 1)
print("SciPy's logsf:", with_scipy)
print("here:         ", chi2.logsf(2000.0, 1.0))
print("in base ten:  ", chi2.logsf(2000.0, 1.0) / jnp.log(10.0))

# %% [markdown]
# A logarithm that ends in minus infinity has no slope to follow. This one has: it falls by about one half for each unit
# of the statistic.

# %%
print(compare(lambda x: chi2.logsf(x, 1.0), None, 2000.0))

# %%
digits = next(f for f in plot.FIGURES if f.name == "digits in the tail")
HTML(plot.svg(digits.draw(), digits.alt))

# %% [markdown]
# ## Quantiles that know their slope
#
# How far out is 97.5% of a t law, and how does that change with the degrees of freedom? The quantile $x$ solves
# $F(x, \nu) = q$. Whatever moves $\nu$ must move $x$ along, so that $F$ stays at $q$:
#
# $$\frac{dx}{d\nu} = -\frac{\partial F / \partial \nu}{f(x, \nu)}$$


# %%
def critical(df):
    return t.ppf(0.975, df)


def critical_slope(df):
    x = critical(df)
    return -jax.grad(t.cdf, argnums=1)(x, df) / t.pdf(x, df)


df = jnp.array([2.0, 5.0, 10.0, 30.0, 1000.0])
for n, x, slope in zip(df, critical(df), jax.vmap(critical_slope)(df), strict=True):
    print(f"df = {n:6g}   ppf(0.975) = {x:.4f}   slope {slope:.2g}")

# %%
print(compare(critical, critical_slope, 5.0))

# %% [markdown]
# ## The likeliest law
#
# `fit` finds the parameters under which the data are likeliest. There the slopes of the likelihood vanish.

# %%
data = gamma.rvs(random.key(0), 3.0, scale=2.0, size=200)
estimate = gamma.fit(data)
print("fit:  ", *(f"{name} = {value:.4f}" for name, value in estimate._asdict().items()))
score = gamma.score(data, *estimate)
print("slope:", *(f"{jnp.mean(slope):.0e}" for slope in (score.a, score.scale)))

# %% [markdown]
# A fit is a function of the data, so it has a derivative too. Add one observation at $x$ and move it: how far does the
# centre go along? Under the normal law always the same way, however far out it is. Under the logistic law an outlier
# that moves on moves nothing; under the Cauchy law the centre even comes back: it takes the outlier for an accident.


# %%
def pull(law, others, x):
    return jax.grad(lambda x: law.fit(jnp.append(others, x)).loc)(x)


others = norm.rvs(random.key(2), size=20)
x = jnp.linspace(-10.0, 10.0, 161)
pulls = [jax.vmap(partial(pull, law, others))(x) for law in (norm, logistic, cauchy)]
picture = plot.line(x, *pulls, x_label="one more observation, at x", y_label="slope of the fitted centre in x")
key(picture.axes[0], ("normal", "logistic", "Cauchy"), at=(0.98, 0.98))
HTML(plot.svg(picture, "The slope of the centre in one observation: constant, a hump, and a peak with negative sides."))

# %% [markdown]
# Does the law fit at all? Sorted data against quantiles: on the diagonal, inside the band, if it does. Draws from a t
# law with three degrees of freedom pass for normal in the middle only.

# %%
heavy = t.rvs(random.key(6), 3.0, size=80)
picture = plot.qq(heavy, norm, x_label="quantile of the normal law", y_label="80 draws from t with df = 3")
HTML(plot.svg(picture, "Points along a diagonal that leave its band at both ends."))

# %% [markdown]
# ## Draws with a gradient
#
# A random number is a function of noise and of parameters. Hold the noise (the key), and it has a slope in the
# parameters. So has an average over draws. What does a reservoir of five units spill on average, if the inflow is
# gamma, and how does that change with the shape $a$?


# %%
def spill(a, key, size=20_000):
    inflow = gamma.rvs(key, a, scale=2.0, size=size)
    return jnp.mean(jnp.maximum(inflow - 5.0, 0.0))


def exact(a):
    return calculus.quad(lambda x, a: (x - 5.0) * gamma.pdf(x, a, scale=2.0), 5.0, jnp.inf, (a,))[0]


print("by draws:   ", *jax.value_and_grad(spill)(2.0, random.key(3)))
print("by integral:", *jax.value_and_grad(exact)(2.0))

# %% [markdown]
# ## A proof that runs
#
# Why is minus the logarithm of a uniform number exponential? What lands between $x$ and $x + h$ comes from an interval
# of uniform numbers, and its length is its probability.

# %%
between = Step(
    "The u that land between x and x + h.",
    r"\frac{F(e^{-x}) - F(e^{-(x + h)})}{h}",
    lambda x, h: (uniform.cdf(jnp.exp(-x)) - uniform.cdf(jnp.exp(-(x + h)))) / h,
)
slope = Step("Let h vanish.", "e^{-x}", lambda x: jnp.exp(-x), relation="→")
law = Step("That is a density known by name.", r"\mathtt{expon.pdf}(x)", expon.pdf)
print(check_derivation([between, slope, law], lambda key: (random.uniform(key, (), jnp.float64, 0.1, 3.0),)))

# %% [markdown]
# ## Exercises
#
# Each has an attempt that fails: read why, mend it, run it again. A solution follows.
#
# **1. A log-density.** Laplace's law falls off on both sides like $e^{-|x|}$. The logarithm of its density:


# %%
def log_density(x):
    return -jnp.abs(x)


print(check_function(log_density, laplace.logpdf))


# %% [markdown]
# Solution: both sides together have the area 2.


# %%
def log_density(x):
    return -jnp.abs(x) - jnp.log(2.0)


print(check_function(log_density, laplace.logpdf))


# %% [markdown]
# **2. A tail that lasts.** The logistic law has $S(x) = 1 - 1 / (1 + e^{-x})$. Its logarithm, far out as well:


# %%
def log_tail(x):
    return jnp.log(1 - 1 / (1 + jnp.exp(-x)))


def far_out(key):
    return (1000 * random.normal(key),)


print(check_function(log_tail, logistic.logsf, far_out))


# %% [markdown]
# Solution: $S(x) = 1 / (1 + e^x)$, and a logarithm of a sum of exponentials that does not overflow.


# %%
def log_tail(x):
    return -jnp.logaddexp(0.0, x)


print(check_function(log_tail, logistic.logsf, far_out))


# %% [markdown]
# **3. A quantile.** Weibull's law, of lifetimes, has $S(x) = e^{-x^c}$. Solve $1 - S(x) = q$ for $x$.


# %%
def quantile(q, c):
    return (-jnp.log(1 - q)) ** c


def levels(key):
    return random.uniform(key, (), jnp.float64), random.uniform(random.fold_in(key, 1), (), jnp.float64, 0.5, 4.0)


print(check_function(quantile, weibull_min.ppf, levels))


# %% [markdown]
# Solution: not the power but the root; and `log1p`, which keeps the digits of a small $q$.


# %%
def quantile(q, c):
    return (-jnp.log1p(-q)) ** (1 / c)


print(check_function(quantile, weibull_min.ppf, levels))


# %% [markdown]
# **4. A score.** The exponential law with scale $s$ has $\log f = -x / s - \log s$. Its slope in $s$:


# %%
def slope_in_scale(x, s):
    return x / s**2


right = jax.grad(lambda x, s: expon.logpdf(x, 0.0, s), argnums=1)


def waits(key):
    return tuple(random.uniform(key, (2,), jnp.float64, 0.2, 3.0))


print(check_function(slope_in_scale, right, waits))


# %% [markdown]
# Solution: the logarithm of $s$ has a slope as well. Where the sum of these slopes over the data is zero, $s$ is their
# mean: that is `expon.fit`.


# %%
def slope_in_scale(x, s):
    return x / s**2 - 1 / s


print(check_function(slope_in_scale, right, waits))

# %% [markdown]
# **5. A proof.** The spread of a coin that shows 1 with probability $p$, and else 0. One line is wrong; which?

# %%
squares = Step(
    "The squared distances from p, each with its probability.",
    "p (1 - p)^2 + (1 - p) p^2",
    lambda p: p * (1 - p) ** 2 + (1 - p) * p**2,
)
factored = Step("Take out what both share.", "p (1 - p) (1 - p - p)", lambda p: p * (1 - p) * (1 - p - p))
spread = Step("The bracket is 1.", "p (1 - p)", lambda p: p * (1 - p))


def coins(key):
    return (random.uniform(key, (), jnp.float64),)


print(check_derivation([squares, factored, spread], coins))

# %% [markdown]
# Solution: the two distances add up to one, $(1 - p) + p$.

# %%
factored = Step("Take out what both share.", "p (1 - p) ((1 - p) + p)", lambda p: p * (1 - p) * ((1 - p) + p))
print(check_derivation([squares, factored, spread], coins))
