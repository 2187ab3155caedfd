# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A random walk through sales and their returns, checked after every step."""
