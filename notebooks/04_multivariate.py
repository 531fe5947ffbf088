# %% [markdown]
# # Functions of many variables
#
# A loss has millions of variables. Its slope is an arrow, its curvature a matrix. Two variables show it all, because
# two can be drawn.

# %%
import jax
import jax.numpy as jnp
from IPython.display import HTML

from mathml_jax import Step, calculus, check_derivation, compare, optimize, plot
from mathml_jax.derivations import check_function
from mathml_jax.plot.style import INK, SERIES, house_style, label, new_figure

jax.config.update("jax_enable_x64", True)  # sixteen digits instead of seven
jax.config.update("jax_disable_most_optimizations", True)  # what runs once is best compiled quickly

# %% [markdown]
# ## The gradient
#
# Hold all variables still but one: its slope is a partial derivative. Together they are the gradient:
#
# $$\nabla f = \left( \frac{\partial f}{\partial x}, \frac{\partial f}{\partial y} \right)$$
#
# The landscape of this notebook is $f(x, y) = x^4 - 2x^2 + xy + y^2$.


# %%
def landscape(p):
    x, y = p
    return x**4 - 2 * x**2 + x * y + y**2


p = jnp.array([1.0, 0.5])
print("along x: ", calculus.partial_derivative(landscape, 0)(p))
print("gradient:", calculus.gradient(landscape)(p))
print("by differences:", *calculus.numerical_gradient(landscape, p))


# %% [markdown]
# On a map the gradient points uphill, at right angles to the contours, and is long where they are dense.


# %%
@house_style()
def chart(arrows=None, points=None):
    figure, axes = new_figure(height=3.4)
    ax = axes[0, 0]
    x, y = jnp.linspace(-1.6, 1.6, 61), jnp.linspace(-1.2, 1.2, 61)
    grid = jnp.stack(jnp.meshgrid(x, y), axis=-1)
    heights = jnp.vectorize(landscape, signature="(n)->()")(grid)
    ax.contour(x, y, heights, jnp.arange(-1.4, 3, 0.2), colors=[INK], alpha=0.3, linewidths=0.8, linestyles="solid")
    if arrows is not None:
        thin = grid[6::8, 6::8]
        ax.quiver(
            *jnp.moveaxis(thin, -1, 0), *jnp.moveaxis(arrows(thin), -1, 0), color=SERIES[0], width=0.007, scale=40
        )
    for point, color in points or ():
        ax.plot(*point, "o", color=color, markersize=8)
    label(ax, "x", "y")
    return figure


slopes = jnp.vectorize(calculus.gradient(landscape), signature="(n)->(n)")
HTML(plot.svg(chart(arrows=slopes), "Contours of two valleys, and arrows that point out of both."))

# %% [markdown]
# ## Any direction
#
# Walk in the direction $v$, one unit a second. How fast does the height change?
#
# $$D_v f = \nabla f \cdot v$$

# %%
angles = jnp.linspace(0, 360, 73)
ways = jnp.stack([jnp.cos(jnp.radians(angles)), jnp.sin(jnp.radians(angles))], axis=-1)
rates = jax.vmap(lambda v: calculus.directional_derivative(landscape, v)(p))(ways)
HTML(plot.svg(plot.line(angles, rates, x_label="direction in degrees", y_label="slope"), "One wave over a full turn."))

# %%
g = calculus.gradient(landscape)(p)
print(f"steepest at {angles[jnp.argmax(rates)]:.0f} degrees, slope {jnp.max(rates):.4f}")
print(f"the gradient: {jnp.degrees(jnp.arctan2(g[1], g[0])):.1f} degrees, length {jnp.linalg.norm(g):.4f}")

# %% [markdown]
# The steepest way is that of the gradient, and its slope is the gradient's length. Across it the path is level.
#
# Along a curved path the velocity takes the place of $v$; that is the chain rule of many variables. A walk around a
# circle, and what each coordinate contributes:

# %%
calculus.total_derivative(landscape, lambda t: jnp.stack([jnp.cos(t), jnp.sin(t)]), 0.7)

# %% [markdown]
# ## A proof that runs
#
# The gradient of $x^\top A x$, from a nudge along any $v$:

# %%
nudge = Step(
    "Nudge x along v.",
    r"\frac{(x + hv)^\top A (x + hv) - x^\top A x}{h}",
    lambda A, x, v, h: ((x + h * v) @ A @ (x + h * v) - x @ A @ x) / h,
)
expand = Step(
    "Multiply out; v'Ax is a number, so it may be transposed.",
    r"\bigl( (A + A^\top) x \bigr) \cdot v + h\, v^\top A v",
    lambda A, x, v, h: ((A + A.T) @ x) @ v + h * (v @ A @ v),
)
gradient = Step(
    "Let h vanish: what multiplies v is the gradient.",
    r"\bigl( (A + A^\top) x \bigr) \cdot v",
    lambda A, x, v: ((A + A.T) @ x) @ v,
    relation="→",
)


def matrix_and_vectors(key):
    numbers = jax.random.normal(key, (4, 2))
    return numbers[:2], numbers[2], numbers[3]


print(check_derivation([nudge, expand, gradient], matrix_and_vectors))

# %% [markdown]
# Many books say $2Ax$. That is right for a symmetric matrix only:

# %%
book = Step("As often printed.", r"2 (A x) \cdot v", lambda A, x, v: 2 * (A @ x) @ v)
print(check_derivation([nudge, expand, gradient, book], matrix_and_vectors))


# %% [markdown]
# ## The Jacobian
#
# Several results of several variables: one row for each result, one column for each variable,
# $J_{ij} = \partial f_i / \partial x_j$. Its determinant says by how much areas grow; for polar coordinates, by $r$.


# %%
def from_polar(q):
    r, t = q
    return jnp.stack([r * jnp.cos(t), r * jnp.sin(t)])


def from_polar_jacobian(q):
    r, t = q
    return jnp.array([[jnp.cos(t), -r * jnp.sin(t)], [jnp.sin(t), r * jnp.cos(t)]])


q = jnp.array([2.0, 0.5])
print("determinant:", jnp.linalg.det(calculus.jacobian(from_polar)(q)))
print(compare(from_polar, from_polar_jacobian, q, kind="jacobian"))

# %% [markdown]
# Rows and columns are quickly exchanged:

# %%
print(compare(from_polar, lambda q: from_polar_jacobian(q).T, q, kind="jacobian"))

# %% [markdown]
# ## Curvature
#
# The Hessian $H_{ij} = \partial^2 f / \partial x_i \partial x_j$ is the Jacobian of the gradient. The order of the two
# derivatives does not matter, so it is symmetric.

# %%
print(calculus.hessian(landscape)(p))
print("x, then y:", calculus.mixed_partial(landscape, 0, 1)(p))
print("times a vector, without the matrix:", calculus.hvp(landscape, p, jnp.array([1.0, 1.0])))

# %% [markdown]
# Near a point, the slopes make a plane and the curvature makes it a parabola:
#
# $$f(p + s) \approx f(p) + \nabla f \cdot s + \tfrac12 s^\top H s$$
#
# Half the distance leaves a quarter of the plane's error, and an eighth of the parabola's.

# %%
plane, parabola = calculus.tangent_plane(landscape, p), calculus.quadratic_model(landscape, p)
for distance in (0.4, 0.2, 0.1, 0.05):
    there = p + distance * jnp.array([0.6, 0.8])
    off = [abs(model(there) - landscape(there)) for model in (plane, parabola)]
    print(f"{distance:4} away: the plane is off by {off[0]:.6f}, the parabola by {off[1]:.6f}")

# %% [markdown]
# ## Newton's step
#
# Jump to where the parabola is level: $s = -H^{-1} \nabla f$. Near the goal every step doubles the number of right
# digits.

# %%
x = p
for _ in range(5):
    print(x, f"  slope {jnp.linalg.norm(calculus.gradient(landscape)(x)):.0e}")
    x = x + optimize.newton_step(landscape, x).step

# %% [markdown]
# From many starts at once it finds every place where the landscape is level. The eigenvalues of the Hessian there tell
# a valley (all positive) from a saddle.

# %%
starts = jax.random.uniform(jax.random.key(0), (20, 2), minval=-2.0, maxval=2.0)
found = optimize.critical_points(landscape, starts)
names = [optimize.CriticalPointKind(int(kind)).name.lower() for kind in found.kinds[found.valid]]
for i, name in enumerate(names):
    print(f"{name:8} at {found.points[i].round(4)}, curvatures {found.eigenvalues[i].round(3)}")

# %%
marks = [(found.points[i], SERIES[0 if name == "saddle" else 1]) for i, name in enumerate(names)]
HTML(plot.svg(chart(points=marks), "The two valleys with a dot at the bottom of each, and one on the saddle between."))

# %% [markdown]
# ## Fields
#
# An arrow at every point is a field. Its divergence says how much flows out of a point, its curl how it turns, and the
# Laplacian of a function is the divergence of its gradient.


# %%
def whirl(p):
    return jnp.stack([-p[1], p[0]])


slope = calculus.gradient(landscape)
print("a whirl:     divergence", calculus.divergence(whirl)(p), " curl", calculus.curl(whirl)(p))
print("a gradient:  divergence", calculus.divergence(slope)(p), " curl", calculus.curl(slope)(p))
print("Laplacian of the landscape:", calculus.laplacian(landscape)(p))
print("Laplacian of ln|p|:", calculus.laplacian(lambda p: jnp.log(jnp.linalg.norm(p)))(p))

# %% [markdown]
# A gradient does not turn: a path that always leads uphill never comes back to its start. And $\ln |p|$ is in balance
# everywhere but at 0: its Laplacian is zero, to rounding.
#
# ## Exercises
#
# Each has an attempt that fails: read why, mend it, run it again. A solution follows. Any correct function passes,
# however it is written.
#
# **1. A smooth maximum.** The gradient of $f(x) = \ln \sum_j e^{x_j}$, for a vector of three.


# %%
def gradient_of_logsumexp(x):
    return jnp.exp(x)


def vector(key):
    return (jax.random.normal(key, (3,)),)


right = jax.grad(jax.nn.logsumexp)
print(check_function(gradient_of_logsumexp, right, vector))


# %% [markdown]
# Solution: the outer slope is one over the sum. The result is softmax.


# %%
def gradient_of_logsumexp(x):
    return jnp.exp(x) / jnp.sum(jnp.exp(x))


print(check_function(gradient_of_logsumexp, right, vector))


# %% [markdown]
# **2. Its curvature.** The Hessian of the same function.


# %%
def hessian_of_logsumexp(x):
    p = gradient_of_logsumexp(x)
    return jnp.diag(p * (1 - p))


right = jax.hessian(jax.nn.logsumexp)
print(check_function(hessian_of_logsumexp, right, vector))


# %% [markdown]
# Solution: raising one score lowers the shares of all others, so the entries beside the diagonal are not zero.


# %%
def hessian_of_logsumexp(x):
    p = gradient_of_logsumexp(x)
    return jnp.diag(p) - jnp.outer(p, p)


print(check_function(hessian_of_logsumexp, right, vector))


# %% [markdown]
# **3. Least squares.** The gradient of $|Ax - b|^2$ in $x$.


# %%
def gradient_of_squares(A, x, b):
    return 2 * A @ (A @ x - b)


right = jax.grad(lambda A, x, b: jnp.sum((A @ x - b) ** 2), argnums=1)
print(check_function(gradient_of_squares, right, matrix_and_vectors))


# %% [markdown]
# Solution: the chain rule multiplies by the Jacobian's transpose.


# %%
def gradient_of_squares(A, x, b):
    return 2 * A.T @ (A @ x - b)


print(check_function(gradient_of_squares, right, matrix_and_vectors))


# %% [markdown]
# **4. Newton's step** for $\sum_i e^{x_i} + (\sum_i x_i)^2$.


# %%
def step(x):
    slope = jnp.exp(x) + 2 * jnp.sum(x)
    curvature = jnp.exp(x) + 2
    return -slope / curvature


def right(x):
    return optimize.newton_step(lambda x: jnp.sum(jnp.exp(x)) + jnp.sum(x) ** 2, x).step


print(check_function(step, right, vector))


# %% [markdown]
# Solution: the square couples the variables. Its part of the Hessian is a 2 everywhere, not on the diagonal only.


# %%
def step(x):
    slope = jnp.exp(x) + 2 * jnp.sum(x)
    curvature = jnp.diag(jnp.exp(x)) + 2
    return jnp.linalg.solve(curvature, -slope)


print(check_function(step, right, vector))


# %% [markdown]
# **5. A Laplacian.** That of the bell $e^{-|x|^2 / 2}$ in space.


# %%
def laplacian_of_bell(x):
    return jnp.sum(x**2) * jnp.exp(-jnp.sum(x**2) / 2)


right = calculus.laplacian(lambda x: jnp.exp(-jnp.sum(x**2) / 2))
print(check_function(laplacian_of_bell, right, vector))


# %% [markdown]
# Solution: the slope along $x_i$ is $-x_i$ times the bell, a product; its slope has two terms, three times over.


# %%
def laplacian_of_bell(x):
    return (jnp.sum(x**2) - 3) * jnp.exp(-jnp.sum(x**2) / 2)


print(check_function(laplacian_of_bell, right, vector))
