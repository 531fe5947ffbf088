# %% [markdown]
# # Start here
#
# One formula, its code, its derivative, and the question this library is about: **who is right?**

# %%
import inspect

import jax
import jax.numpy as jnp
from IPython.display import HTML, Markdown

from mathml_jax import Step, check_derivation, compare, nn, plot, stats

# %% [markdown]
# ## A formula is a function
#
# Softmax turns any scores into probabilities:
#
# $$p_i = \frac{e^{x_i}}{\sum_j e^{x_j}}$$

# %%
nn.softmax(jnp.array([0.0, 1.0, 2.0]))

# %% [markdown]
# Every function carries its formula, every symbol named, a reason, a source and an example: `help(nn.softmax)`. Scores
# as large as a thousand, minus infinity, a row of nothing but minus infinity: the edges are part of the function.

# %%
nn.softmax(jnp.array([[1000.0, 999.0], [0.0, -jnp.inf], [-jnp.inf, -jnp.inf]]))

# %% [markdown]
# ## Its derivative, by hand
#
# $$\frac{\partial p_i}{\partial x_j} = p_i (\delta_{ij} - p_j)$$

# %%
print(inspect.getsource(nn.softmax_jacobian))

# %% [markdown]
# Is it right? Four witnesses are asked: the function above, autodiff in forward and in reverse mode, and differences.

# %%
x = jnp.array([0.3, -1.2, 0.8])
print(compare(nn.softmax, nn.softmax_jacobian, x, kind="jacobian"))

# %% [markdown]
# ## A wrong one
#
# A sign is quickly lost. The verdict names the entry.

# %%
print(compare(nn.softmax, lambda x: -nn.softmax_jacobian(x), x, kind="jacobian"))


# %% [markdown]
# ## Autodiff can be wrong too
#
# $\sin(x)/x$ has derivative 0 at 0. Reverse mode multiplies a zero by an infinity, and says NaN.


# %%
def sinc(x):
    return jnp.where(x != 0, jnp.sin(x) / x, 1.0)


print(compare(sinc, lambda x: 0.0 * x, 0.0))

# %% [markdown]
# And where there is no derivative, nobody is blamed:

# %%
print(compare(jnp.abs, jnp.sign, 0.0))

# %% [markdown]
# ## A proof that runs
#
# A derivation is a list of lines, and every line is a function. One that is wrong is found, with the simplest numbers
# that show it.

# %%
square = Step("Write the square out.", "(a + b)^2", lambda a, b: (a + b) ** 2)
wrong = Step("Square each.", "a^2 + b^2", lambda a, b: a**2 + b**2)
print(check_derivation([square, wrong]))

# %% [markdown]
# ## Statistics with a gradient
#
# A p-value is a function of the data, so it has a derivative: which observation carries the significance of a slope?

# %%
x = jnp.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
y = jnp.array([1.1, 1.9, 1.4, 2.6, 2.4, 4.0])
stats.linregress(x, y)

# %%
jax.grad(lambda y: stats.linregress(x, y).pvalue)(y)

# %% [markdown]
# Not simply the ends: raising the fifth point, which lies below the line, helps the slope most; raising the last, which
# already lies above it, only adds noise.

# %% [markdown]
# ## Real data
#
# How many grams does a millimetre of flipper weigh? The penguins of the Palmer archipelago, three roads to one answer.

# %%
from mathml_jax.experiments import linear_regression

result = linear_regression.run(linear_regression.Config(steps=500))
Markdown(f"**{linear_regression.QUESTION}** {result.answer}")

# %%
result.summary

# %%
HTML(plot.svg(linear_regression.figures(result)["surface"]))
