"""Pictures that follow the theme of the page they stand on."""

from mathml_jax.plot._files import expect_writable as expect_writable
from mathml_jax.plot._files import write_files as write_files
from mathml_jax.plot.figures import FIGURES as FIGURES
from mathml_jax.plot.figures import Figure as Figure
from mathml_jax.plot.kinds import histogram as histogram
from mathml_jax.plot.kinds import line as line
from mathml_jax.plot.kinds import panel as panel
from mathml_jax.plot.kinds import scatter as scatter
from mathml_jax.plot.kinds import stacked_bars as stacked_bars
from mathml_jax.plot.laws import family as family
from mathml_jax.plot.laws import qq as qq
from mathml_jax.plot.laws import stems as stems
from mathml_jax.plot.rendering import files as files
from mathml_jax.plot.rendering import png as png
from mathml_jax.plot.rendering import save as save
from mathml_jax.plot.rendering import svg as svg
