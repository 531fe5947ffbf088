# %% [markdown]
# # Optimisation
#
# Training a model means walking downhill. How long should a step be, in which direction, and when does the walk end?
# From gradient descent to Adam, then to methods that feel the curvature, and to minima under constraints.

# %%
import jax
import jax.numpy as jnp
import numpy as np
import optax
from IPython.display import HTML

from mathml_jax import calculus, check_derivation, optimize, plot
from mathml_jax.derivations import adam_bias_correction, gradient_descent_rate, heavy_ball, newton_rate
from mathml_jax.plot.style import key

jax.config.update("jax_enable_x64", True)  # sixteen digits instead of seven
jax.config.update("jax_disable_most_optimizations", True)  # what runs once is best compiled quickly

# %% [markdown]
# ## One step after another
#
# The gradient points uphill. Take a step against it:
#
# $$x_{t+1} = x_t - \alpha \nabla f(x_t)$$
#
# `trajectory` walks and keeps the path. On a bowl with the curvatures 1 and 20:


# %%
def bowl(x):
    return (x[0] ** 2 + 20 * x[1] ** 2) / 2


start = jnp.array([-4.0, 1.0])
path = optimize.trajectory(optimize.gradient_descent(0.09), bowl, start, 50)
for t in (0, 1, 2, 50):
    print(f"after {path.step[t]:2} steps: x = ({path.x[t][0]:8.5f}, {path.x[t][1]:8.5f})   f = {path.fun[t]:.2e}")

# %% [markdown]
# ## How long may a step be?
#
# Along a direction of curvature $\lambda$ every step multiplies the error by $1 - \alpha \lambda$. It shrinks as long
# as $\alpha < 2 / \lambda_{\max}$. `lr_stability_limit` finds that number from products with the Hessian alone.

# %%
limit = optimize.lr_stability_limit(lambda v: calculus.hvp(bowl, start, v), jnp.ones(2))
print(f"limit {limit:.4f}")
for share in (0.5, 0.99, 1.01):
    end = optimize.trajectory(optimize.gradient_descent(share * limit), bowl, start, 300).fun[-1]
    print(f"{share:4} of it: f = {end:.3g} after 300 steps")

# %%
rates = jnp.linspace(0.005, 0.11, 60)
ends = jax.vmap(lambda r: optimize.trajectory(optimize.gradient_descent(r), bowl, start, 40).fun[-1])(rates)
picture = plot.line(rates, jnp.log10(ends), x_label="learning rate", y_label="log₁₀ of the loss after 40 steps")
HTML(plot.svg(picture, "The loss after forty steps against the learning rate: falling, then rising beyond 0.1."))

# %% [markdown]
# Why, line by line, with every line evaluated:

# %%
print(check_derivation(gradient_descent_rate.DERIVATION).message)

# %% [markdown]
# ## Momentum
#
# Across the valley the gradients cancel, along it they agree. A velocity adds them up:
#
# $$v_t = \beta v_{t-1} + g_t, \qquad x_t = x_{t-1} - \alpha v_t$$
#
# It is a ball with friction, and theory says how fast it comes to rest.

# %%
curvatures = jnp.array([1.0, 20.0])
for name, optimizer, decay in (
    ("gradient descent", optimize.gradient_descent(2 / 21), 0.0),
    ("momentum", optimize.momentum(0.13, 0.4), 0.4),
):
    walk = optimize.trajectory(optimizer, bowl, start, 60)
    measured = optimize.convergence_rate(jnp.linalg.norm(walk.x, axis=1))
    theory = optimize.quadratic_rate(curvatures, 2 / 21 if decay == 0 else 0.13, decay)
    print(f"{name:16} shrinks the error by {measured:.3f} a step, in theory {theory:.3f}")
print(check_derivation(heavy_ball.DERIVATION).message)

# %% [markdown]
# ## Adam
#
# Adam divides an average of the gradients by their average size, so that every parameter moves at about the same pace.
# Both averages begin at zero; without the correction for that, the first step is three times too long.

# %%
for make in (optimize.adam, optimize.adam_no_bias_correction):
    first = optimize.trajectory(make(0.01), bowl, start, 1).x[1] - start
    print(f"{make.__name__:24} first step {np.asarray(first).round(4)}")
print(check_derivation(adam_bias_correction.DERIVATION).message)

# %% [markdown]
# Every optimiser here is an `optax.GradientTransformation`. It chains with those of optax, and makes the same steps.

# %%
ours = optimize.trajectory(optimize.adam(0.1), optimize.rosenbrock, jnp.array([-1.2, 1.0]), 500)
theirs = optimize.trajectory(optax.adam(0.1), optimize.rosenbrock, jnp.array([-1.2, 1.0]), 500)
print("largest distance of the two paths:", jnp.abs(ours.x - theirs.x).max())

# %% [markdown]
# ## A race
#
# Who is first at the bottom of Rosenbrock's valley? Each runs at a rate that suits it; `mathml-jax run optimizer-race`
# tries all of them at thirty-one rates.

# %%
racers = {
    "gradient descent": optimize.gradient_descent(0.003),
    "momentum": optimize.momentum(0.003),
    "RMSProp": optimize.rmsprop(0.01),
    "Adam": optimize.adam(0.2),
}
walks = [optimize.trajectory(o, optimize.rosenbrock, jnp.array([-1.2, 1.0]), 500) for o in racers.values()]
picture = plot.line(walks[0].step, *(jnp.log10(w.fun) for w in walks), x_label="step", y_label="log₁₀ of the loss")
key(picture.axes[0], list(racers), at=(0.98, 0.98))
HTML(plot.svg(picture, "Four losses on a logarithmic scale against the step."))

# %% [markdown]
# ## Feeling the curvature
#
# Newton's step divides the slope by the curvature. Close to a minimum the number of right digits doubles with every
# step. BFGS learns the curvature from how the gradient changes, and needs no second derivatives.

# %%
for method in (optimize.newton, optimize.bfgs, optimize.lbfgs):
    found = method(optimize.rosenbrock, jnp.array([-1.2, 1.0]))
    print(f"{method.__name__:7} {found.nit:3} steps, {found.nfev:3} evaluations, f = {found.fun:.1e}")
print(check_derivation(newton_rate.DERIVATION).message)

# %% [markdown]
# A minimum is a function of what the objective contains, and has a derivative: no step of the search is remembered, the
# implicit function theorem needs only the place. For ridge regression it is known in closed form:

# %%
a, b = jnp.array([[1.0, 2.0], [0.5, -1.0], [2.0, 0.3]]), jnp.array([1.0, -1.0, 0.5])


def ridge(strength):
    def loss(w, s):
        return jnp.sum((a @ w - b) ** 2) + s * jnp.sum(w**2)

    return optimize.bfgs(loss, jnp.zeros(2), (strength,), gtol=1e-10).x


system = a.T @ a + 0.1 * jnp.eye(2)
w = jnp.linalg.solve(system, a.T @ b)
print("through the minimum:", jax.jacfwd(ridge)(0.1))
print("in closed form:     ", -jnp.linalg.solve(system, w))

# %% [markdown]
# ## Constraints and kinks
#
# On the circle $x^\top x = 2$ the sum is least where its gradient is a multiple of the circle's normal. The multiplier
# says how hard the constraint presses.

# %%
found = optimize.lagrange_multipliers(lambda x: x.sum(), lambda x: (x @ x)[None] - 2, jnp.array([-1.2, -0.9]))
print("x =", found.x.round(6), "  multiplier", found.multipliers[0].round(6))

# %% [markdown]
# The penalty $\lambda |x|$ has a kink at 0, and its proximal operator cuts small numbers to exactly 0. `fista` uses it
# to solve the lasso: most weights vanish.

# %%
features = jax.random.normal(jax.random.key(0), (40, 8))
target = features @ jnp.array([2.0, -1.0, 0, 0, 0, 0, 0, 0.5])
found = optimize.fista(lambda w: jnp.sum((features @ w - target) ** 2) / 2, jnp.zeros(8), 8.0)
print(found.x.round(3))

# %% [markdown]
# ## Try it yourself
#
# What does the best rate for gradient descent on curvatures 1 and $k$ give? Compare `quadratic_rate` with
# $(k - 1) / (k + 1)$, and find the momentum that replaces $k$ by its root.
