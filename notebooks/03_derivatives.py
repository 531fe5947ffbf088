# %% [markdown]
# # Derivatives
#
# How fast does one number change when another one does? Limits come first; then slopes by differences, by rules and by
# autodiff; then polynomials that stand in for a curve.

# %%
import jax
import jax.numpy as jnp
from IPython.display import HTML

from mathml_jax import Step, calculus, check_derivation, compare, plot
from mathml_jax.derivations import check_function
from mathml_jax.plot.style import key

jax.config.update("jax_enable_x64", True)  # sixteen digits instead of seven
jax.config.update("jax_disable_most_optimizations", True)  # what runs once is best compiled quickly

# %% [markdown]
# ## Where does it go?
#
# A limit asks what a function comes close to, not what it does at the point itself:
#
# $$\lim_{x \to x_0} f(x) = L$$
#
# At 0 the quotient $\sin(x)/x$ is $0/0$. Near 0 there is no doubt.

# %%
calculus.limit(lambda x: jnp.sin(x) / x, 0.0)

# %% [markdown]
# The point may lie at infinity, and the two sides may disagree. Then there is no limit, and the answer is NaN.

# %%
limits = {
    "(1 + 1/n)^n far out": calculus.limit(lambda n: (1 + 1 / n) ** n, jnp.inf),
    "sign(x), right of 0": calculus.limit(jnp.sign, 0.0, "right"),
    "sign(x) at 0": calculus.limit(jnp.sign, 0.0),
}
for name, (value, error) in limits.items():
    print(f"{name:20} {value:12.10g}   off by at most {error:.0e}")

# %% [markdown]
# ## From secant to tangent
#
# A secant cuts the curve in two points, $h$ apart. As $h$ shrinks it turns into the tangent, and its slope into the
# derivative:
#
# $$f'(x) = \lim_{h \to 0} \frac{f(x + h) - f(x)}{h}$$


# %%
def secant(f, x, h):
    return (f(x + h) - f(x)) / h


for h in (1.0, 0.1, 0.01, 0.001):
    print(f"h = {h:<6}  slope {secant(jnp.square, 1.0, h):.4f}")

# %%
x = jnp.linspace(0.0, 3.0, 101)
lines = [1 + secant(jnp.square, 1.0, h) * (x - 1) for h in (1.5, 0.5)]
touching = calculus.tangent_line(jnp.square, 1.0)
picture = plot.line(x, x**2, *lines, touching(x), x_label="x")
key(picture.axes[0], ("x²", "h = 1.5", "h = 0.5", "tangent"))
HTML(plot.svg(picture, "A parabola, two of its secants and the tangent that they turn into."))

# %% [markdown]
# ## A proof that runs
#
# Why is the derivative of $x^3$ just $3x^2$? Every line below is a function. It is evaluated at drawn numbers and held
# against the line before; three of the values stand beside it.

# %%
quotient = Step("Nudge x by h.", r"\frac{(x + h)^3 - x^3}{h}", lambda x, h: ((x + h) ** 3 - x**3) / h)
expanded = Step("Multiply out, divide by h.", "3x^2 + 3xh + h^2", lambda x, h: 3 * x**2 + 3 * x * h + h**2)
slope = Step("Let h vanish.", "3x^2", lambda x: 3 * x**2, relation="→")
print(check_derivation([quotient, expanded, slope]))

# %% [markdown]
# A slip is found, with the simplest number that shows it.

# %%
slip = Step("Multiply out, divide by h.", "3x^2 + xh + h^2", lambda x, h: 3 * x**2 + x * h + h**2)
print(check_derivation([quotient, slip, slope]))

# %% [markdown]
# ## How small should a step be?
#
# A machine cannot let $h$ vanish. A large step errs because the curve bends: by a multiple of $h$, or of $h^2$ if the
# step goes to both sides. A tiny one errs because $f(x + h)$ and $f(x)$ agree in all digits but the last: by rounding
# over $h$. The error has a valley.


# %%
def central(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


h = jnp.logspace(-15, -1, 57)
errors = [jnp.abs(rule(jnp.sin, 1.0, h) - jnp.cos(1.0)) for rule in (secant, central)]
picture = plot.line(h, *errors, log="xy", x_label="step h", y_label="error")
key(picture.axes[0], ("to one side", "to both"), at=(0.02, 0.02))
HTML(plot.svg(picture, "Error of both differences against the step: two valleys, the second one deeper."))

# %% [markdown]
# Extrapolation takes a ladder of long steps and removes the error of the curve. The complex step subtracts nothing, so
# it has no valley at all. Each says how far off it may be:

# %%
for method in ("forward", "central", "richardson", "complex step"):
    df, error = calculus.numerical_derivative(jnp.sin, 1.0, method=method)
    print(f"{method:13} {df:.15f}   estimated error {error:.0e}   true error {abs(df - jnp.cos(1.0)):.0e}")

# %% [markdown]
# ## Rules
#
# Nobody takes limits twice. A few rules give the slope of whatever is made of known parts, and autodiff is these rules,
# applied operation by operation:
#
# $$(f g)' = f' g + f g' \qquad \left(\frac{f}{g}\right)' = \frac{f' g - f g'}{g^2} \qquad (f \circ g)' = f'(g)\, g'$$
#
# The functions here return the pieces, so that they can be seen.

# %%
calculus.chain_rule(jnp.sin, jnp.square, 1.5)

# %%
calculus.product_rule(jnp.square, jnp.exp, 0.5)


# %% [markdown]
# The slope of $\sin(x^2)$ is $2x \cos(x^2)$. Four witnesses are asked: the formula, autodiff in both modes, and
# differences.


# %%
def wave(x):
    return jnp.sin(x**2)


print(compare(wave, lambda x: 2 * x * jnp.cos(x**2), 1.5))

# %% [markdown]
# The commonest slip of all is to forget the inner slope:

# %%
print(compare(wave, lambda x: jnp.cos(x**2), 1.5))

# %% [markdown]
# Two more rules need no formula for the function they differentiate: that of an inverse, and that of a curve given by
# an equation. On the circle $x^2 + y^2 = 25$ the slope at $(3, 4)$ is $-3/4$.

# %%
print("slope of the logarithm at 4:", calculus.inverse_rule(jnp.exp, jnp.log(4.0)).derivative)
print("slope of the circle:", calculus.implicit_derivative(lambda x, y: x**2 + y**2 - 25, 3.0, 4.0).derivative)

# %% [markdown]
# ## Curves as polynomials
#
# A polynomial with the same value, slope, bend and so on is a good copy, near the point:
#
# $$f(x) \approx \sum_{k=0}^n \frac{f^{(k)}(x_0)}{k!} (x - x_0)^k$$

# %%
x = jnp.linspace(0.0, 4.0, 101)
copies = [calculus.taylor(jnp.sin, 0.0, n)(x) for n in (1, 3, 5)]
names = ("sin x", "order 1", "order 3", "order 5")
HTML(
    plot.svg(
        plot.line(x, jnp.sin(x), *copies, names=names, x_label="x"), "The sine and three polynomials that leave it."
    )
)

# %% [markdown]
# How good? The first derivative left out bounds what is missing.

# %%
for n in (2, 4, 6, 8):
    error = abs(calculus.taylor(jnp.exp, 0.0, n)(0.5) - jnp.exp(0.5))
    print(f"order {n}: off by {error:.1e}, at most {calculus.remainder_bound(jnp.exp, 0.0, 0.5, n):.1e}")

# %% [markdown]
# ## Exercises
#
# Each has an attempt that fails: read why, mend it, run it again. A solution follows. Any correct function passes,
# however it is written.
#
# **1. A power of itself.** The slope of $x^x$. The rule for powers wants a fixed exponent; here it moves as well.


# %%
def slope_of_power(x):
    return x * x ** (x - 1)


right = jax.grad(lambda x: x**x)
print(check_function(slope_of_power, right))


# %% [markdown]
# Solution: $x^x = e^{x \ln x}$, and the chain rule.


# %%
def slope_of_power(x):
    return x**x * (jnp.log(x) + 1)


print(check_function(slope_of_power, right))


# %% [markdown]
# **2. A quotient.** Given $f$, its slope, $g$ and its slope at one point, the slope of $f/g$.


# %%
def slope_of_quotient(f, df, g, dg):
    return df / dg


def right(f, df, g, dg):
    return jax.jvp(jnp.divide, (f, g), (df, dg))[1]


print(check_function(slope_of_quotient, right))


# %% [markdown]
# Solution:


# %%
def slope_of_quotient(f, df, g, dg):
    return (df * g - f * dg) / g**2


print(check_function(slope_of_quotient, right))


# %% [markdown]
# **3. A slope for large numbers.** The slope of $\ln(1 + e^x)$ is $e^x / (1 + e^x)$. This formula is right, and fails.


# %%
def slope_of_softplus(x):
    return jnp.exp(x) / (1 + jnp.exp(x))


def large(key):
    return (1000 * jax.random.normal(key),)


right = jax.grad(lambda x: jnp.logaddexp(x, 0.0))
print(check_function(slope_of_softplus, right, large))


# %% [markdown]
# Solution: divide both by $e^x$. Now the exponential may overflow, and one over infinity is 0.


# %%
def slope_of_softplus(x):
    return 1 / (1 + jnp.exp(-x))


print(check_function(slope_of_softplus, right, large))


# %% [markdown]
# **4. A polynomial.** Taylor's of $\ln(1 + x)$ about 0, to the third power.


# %%
def third_order(x):
    return x - x**2 + x**3


right = calculus.taylor(jnp.log1p, 0.0, 3)
print(check_function(third_order, right))


# %% [markdown]
# Solution: the derivatives at 0 are 1, -1, 2; the factorials 1, 2, 6.


# %%
def third_order(x):
    return x - x**2 / 2 + x**3 / 3


print(check_function(third_order, right))

# %% [markdown]
# **5. A proof.** The slope of $1/x$ from its definition. One line is wrong; which?

# %%
nudge = Step("Nudge x by h.", r"\frac{1/(x + h) - 1/x}{h}", lambda x, h: (1 / (x + h) - 1 / x) / h)
joined = Step("One fraction.", r"\frac{1}{x (x + h)}", lambda x, h: 1 / (x * (x + h)))
last = Step("Let h vanish.", r"-\frac{1}{x^2}", lambda x: -1 / x**2, relation="→")
print(check_derivation([nudge, joined, last]))

# %% [markdown]
# Solution: the numerator is $x - (x + h) = -h$.

# %%
joined = Step("One fraction.", r"-\frac{1}{x (x + h)}", lambda x, h: -1 / (x * (x + h)))
print(check_derivation([nudge, joined, last]))
