# %% [markdown]
# # Integrals
#
# An area, a mean, a probability, a length: all are sums of infinitely many thin strips. The question is how few strips
# will do, and how far to believe the result.

# %%
import jax
import jax.numpy as jnp
from IPython.display import HTML
from scipy.stats import sem

from mathml_jax import Step, calculus, check_derivation, compare, plot
from mathml_jax.derivations import check_function, simpson_rule
from mathml_jax.plot.style import SERIES, house_style, key, label, new_figure

jax.config.update("jax_enable_x64", True)  # sixteen digits instead of seven
jax.config.update("jax_disable_most_optimizations", True)  # what runs once is best compiled quickly

# %% [markdown]
# ## Rectangles
#
# Cut the area into $n$ strips and take each for a rectangle:
#
# $$\int_a^b f(x)\, dx = \lim_{n \to \infty} \sum_{k=0}^{n-1} f(x_k)\, h, \qquad h = \frac{b - a}{n}$$
#
# The curve of this notebook is $f(x) = 4 / (1 + x^2)$. Its area from 0 to 1 is $\pi$.


# %%
def curve(x):
    return 4 / (1 + x**2)


@house_style()
def strips(n):
    figure, axes = new_figure(height=2.6)
    ax = axes[0, 0]
    middles = (jnp.arange(n) + 0.5) / n
    ax.bar(middles, curve(middles), 1 / n, color=SERIES[0], alpha=0.25, edgecolor=SERIES[0], linewidth=0.8)
    x = jnp.linspace(0, 1, 101)
    ax.plot(x, curve(x), color=SERIES[1])
    label(ax, "x")
    return figure


HTML(plot.svg(strips(6), "Six rectangles under and over a falling curve."))

# %% [markdown]
# Where the height is read off makes a difference. Ten times as many strips leave a tenth of the error at the ends, a
# hundredth in the middle.

# %%
for n in (10, 100, 1000):
    off = [calculus.riemann_sum(curve, 0.0, 1.0, n, rule) - jnp.pi for rule in ("left", "midpoint", "right")]
    print(f"{n:5} strips: left {off[0]:+.1e}   middle {off[1]:+.1e}   right {off[2]:+.1e}")

# %% [markdown]
# ## Parabolas
#
# Straight tops follow the curve better than flat ones, and parabolas better still. Simpson's rule lays one through
# three points. Where its weights 1, 4, 1 come from is a proof that runs:

# %%
print(check_derivation(simpson_rule.DERIVATION))

# %% [markdown]
# ## Better points
#
# Gauss chose the points, too. With $n$ of them every polynomial of degree $2n - 1$ comes out exactly:
#
# $$\int_{-1}^1 f(x)\, dx \approx \sum_{k=1}^n w_k f(x_k)$$

# %%
calculus.gauss_legendre(5)


# %%
def simpson(n):
    x = jnp.linspace(0.0, 1.0, n + 1)
    return calculus.simpson(curve(x), dx=1 / n)


counts = [2, 4, 8, 16, 32]
rules = {
    "left": lambda n: calculus.riemann_sum(curve, 0.0, 1.0, n, "left"),
    "middle": lambda n: calculus.riemann_sum(curve, 0.0, 1.0, n),
    "Simpson": simpson,
    "Gauss": lambda n: calculus.fixed_quad(curve, 0.0, 1.0, n=n),
}
errors = [jnp.maximum(jnp.array([abs(rule(n) - jnp.pi) for n in counts]), 1e-16) for rule in rules.values()]
picture = plot.line(counts, *errors, log="xy", x_label="points", y_label="error of the area")
picture.axes[0].set_xticks(counts, counts)
key(picture.axes[0], list(rules), at=(0.02, 0.02))
HTML(plot.svg(picture, "Errors against the number of points: three straight lines, and Gauss's curve, which plunges."))

# %% [markdown]
# On such a smooth curve sixteen of Gauss's points give all digits that there are.
#
# ## To a stated accuracy
#
# `quad` halves the strip with the largest error until it is content. It takes infinite limits and singular ends, and
# says how far off it may be.

# %%
integrals = {
    "exp(-x^2), everywhere": (lambda x: jnp.exp(-(x**2)), -jnp.inf, jnp.inf, jnp.sqrt(jnp.pi)),
    "ln(x), 0 to 1": (jnp.log, 0.0, 1.0, -1.0),
    "1/x, 0 to 1": (lambda x: 1 / x, 0.0, 1.0, jnp.inf),
}
for name, (f, a, b, truth) in integrals.items():
    found = calculus.quad(f, a, b)
    print(f"{name:22}{found.integral:17.13f}  estimated error {found.abserr:.0e}", end="")
    print(f"  true error {abs(found.integral - truth):.0e}")

# %% [markdown]
# The last area is infinite. A program that adds up strips finds some number; this one says NaN.
#
# ## An integral and a derivative
#
# Why do the two undo each other? Move the upper end by $h$ and look at the strip that joins.


# %%
def area(a, b):
    return calculus.fixed_quad(curve, a, b, n=20)


moved = Step(
    "Move the end.",
    r"\frac1h \Bigl( \int_0^{x + h} f\, dt - \int_0^x f\, dt \Bigr)",
    lambda x, h: (area(0.0, x + h) - area(0.0, x)) / h,
)
strip = Step("One strip is left.", r"\frac1h \int_x^{x + h} f\, dt", lambda x, h: area(x, x + h) / h)
height = Step("Thin, it is a rectangle h wide.", "f(x)", curve, relation="→")
print(check_derivation([moved, strip, height], lambda key: (jax.random.uniform(key),)))

# %% [markdown]
# ## When everything moves
#
# Both limits and the curve may depend on a number $t$. Leibniz's rule: the curve moves inside, and each end sweeps a
# strip.
#
# $$\frac{d}{dt} \int_{a(t)}^{b(t)} f(x, t)\, dx = \int_a^b \frac{\partial f}{\partial t}\, dx + f(b, t)\, b'(t) -
# f(a, t)\, a'(t)$$
#
# `jax.grad` goes through `quad` by this rule. Here, $I(t) = \int_0^{t^2} e^{-t x}\, dx$; by hand:


# %%
def decay(x, t):
    return jnp.exp(-t * x)


def integral(t):
    return calculus.quad(decay, 0.0, t**2, (t,)).integral


def inside(t):
    return calculus.quad(lambda x, t: -x * decay(x, t), 0.0, t**2, (t,)).integral


def by_hand(t):
    return inside(t) + decay(t**2, t) * 2 * t


print("jax.grad:", jax.grad(integral)(1.3), "  by hand:", by_hand(1.3))

# %% [markdown]
# Without the moving end it is wrong:

# %%
print(compare(integral, inside, 1.3))


# %% [markdown]
# ## Averages
#
# A mean is an integral over a density, $E[g(X)] = \int g(x)\, p(x)\, dx$. It has a derivative in every parameter, so
# the sensitivity of a risk comes for nothing.


# %%
def normal(x, mean, spread):
    return jnp.exp(-(((x - mean) / spread) ** 2) / 2) / (spread * jnp.sqrt(2 * jnp.pi))


def loss(spread):
    return calculus.expected_value(lambda x: jnp.exp(x), normal, args=(0.0, spread))


print("E[exp(X)] at spread 0.5:", loss(0.5), "  in closed form:", jnp.exp(0.5**2 / 2))
print("and its slope:", jax.grad(loss)(0.5))
print("entropy of X:", calculus.differential_entropy(normal, args=(0.0, 0.5)))

# %% [markdown]
# ## By chance
#
# In many dimensions strips become boxes, and there are too many of them. Random points never mind:
#
# $$\int f\, dx \approx V \bar f \pm V \frac{s}{\sqrt n}$$
#
# where $V$ is the volume, $\bar f$ the mean of $f$ at $n$ points and $s$ its standard deviation. The volume of the ball
# in five dimensions is $8 \pi^2 / 15$:


# %%
def in_ball(x):
    return jnp.where(x @ x < 1, 1.0, 0.0)


corners = -jnp.ones(5), jnp.ones(5)
estimate = calculus.monte_carlo_integrate(jax.random.key(0), in_ball, *corners, 100_000)
print(f"{estimate.integral:.4f} ± {estimate.standard_error:.4f}, in truth {8 * jnp.pi**2 / 15:.4f}")


# %% [markdown]
# A hundred times as many points give one digit more. Points that fill the box evenly do better, for a smooth function.


# %%
def bump(x):
    return jnp.exp(-jnp.sum(x))


truth, keys = (1 - jnp.exp(-1.0)) ** 3, jax.random.split(jax.random.key(1), 16)
counts, low, high = [16, 256, 4096], jnp.zeros(3), jnp.ones(3)


def typical_error(method, n):
    found = jax.vmap(lambda key: method(key, bump, low, high, n).integral)(keys)
    return jnp.sqrt(jnp.mean((found - truth) ** 2))


methods = calculus.monte_carlo_integrate, lambda *args: calculus.quasi_monte_carlo_integrate(*args, replicates=1)
errors = [jnp.array([typical_error(method, n) for n in counts]) for method in methods]
picture = plot.line(counts, *errors, log="xy", x_label="points", y_label="typical error")
picture.axes[0].set_xticks(counts, counts)
key(picture.axes[0], ("random", "evenly spread"), at=(0.02, 0.02))
HTML(plot.svg(picture, "Two falling lines; the one for evenly spread points is lower and falls twice as steeply."))

# %% [markdown]
# ## Exercises
#
# Each has an attempt that fails: read why, mend it, run it again. A solution follows. Any correct function passes,
# however it is written.
#
# **1. Trapezoids.** The area under five values, a distance $d$ apart, joined by straight lines.


# %%
def trapezoids(y, d):
    return d * jnp.sum(y)


def values_and_distance(key):
    return jax.random.normal(key, (5,)), jax.random.uniform(jax.random.fold_in(key, 1))


def right(y, d):
    return calculus.trapezoid(y, dx=d)


print(check_function(trapezoids, right, values_and_distance))


# %% [markdown]
# Solution: an inner value belongs to two trapezoids, an outer one to one.


# %%
def trapezoids(y, d):
    return d * (jnp.sum(y) - (y[0] + y[-1]) / 2)


print(check_function(trapezoids, right, values_and_distance))


# %% [markdown]
# **2. Simpson.** The same by parabolas: one through the first three values, one through the last three.


# %%
def parabolas(y, d):
    return d / 3 * (y[0] + 4 * y[1] + y[2] + 4 * y[3] + y[4])


def right(y, d):
    return calculus.simpson(y, dx=d)


print(check_function(parabolas, right, values_and_distance))


# %% [markdown]
# Solution: the middle value belongs to both.


# %%
def parabolas(y, d):
    return d / 3 * (y[0] + 4 * y[1] + 2 * y[2] + 4 * y[3] + y[4])


print(check_function(parabolas, right, values_and_distance))


# %% [markdown]
# **3. A moving end.** The derivative of $\int_0^{t^2} e^{-x^2}\, dx$.


# %%
def slope_of_area(t):
    return jnp.exp(-(t**4))


right = jax.grad(lambda t: calculus.quad(lambda x: jnp.exp(-(x**2)), 0.0, t**2).integral)
print(check_function(slope_of_area, right))


# %% [markdown]
# Solution: the height at the end, times the speed of the end.


# %%
def slope_of_area(t):
    return 2 * t * jnp.exp(-(t**4))


print(check_function(slope_of_area, right))


# %% [markdown]
# **4. The error of a mean.** By how much does the mean of eight measurements scatter?


# %%
def standard_error(y):
    return jnp.std(y) / jnp.sqrt(8)


def eight(key):
    return (jax.random.normal(key, (8,)),)


print(check_function(standard_error, sem, eight))


# %% [markdown]
# Solution: the measurements lie closer to their own mean than to the true one; dividing by $n - 1$ makes up for it.


# %%
def standard_error(y):
    return jnp.std(y, ddof=1) / jnp.sqrt(8)


print(check_function(standard_error, sem, eight))

# %% [markdown]
# **5. A proof.** With $u = x^2$, what becomes of $\int_0^b x \cos(x^2)\, dx$? One line is wrong; which?


# %%
def integrate(f, a, b):
    return calculus.fixed_quad(f, a, b, n=40)


given = Step("Given.", r"\int_0^b x \cos x^2\, dx", lambda b: integrate(lambda x: x * jnp.cos(x**2), 0.0, b))
replaced = Step("Put u for x².", r"\frac12 \int_0^b \cos u\, du", lambda b: integrate(jnp.cos, 0.0, b) / 2)
last = Step("Integrate.", r"\frac12 \sin b^2", lambda b: jnp.sin(b**2) / 2)
print(check_derivation([given, replaced, last]))

# %% [markdown]
# Solution: $du = 2x\, dx$ gives the half, and the limit changes too: $u$ runs to $b^2$.

# %%
replaced = Step("Put u for x².", r"\frac12 \int_0^{b^2} \cos u\, du", lambda b: integrate(jnp.cos, 0.0, b**2) / 2)
print(check_derivation([given, replaced, last]))
