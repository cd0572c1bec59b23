"""Small plots as SVG text: bars with a goal's mark, and curves over a logarithmic axis. Standard library only."""

import html
import math

COLOURS = ["#1f6fb2", "#c8552b", "#3c8d40", "#7d4aa3"]
STYLE = ('<style>text{font:12px sans-serif;fill:#333}.grid{stroke:#ddd}.axis{stroke:#888}'
         '.goal{stroke:#c00;stroke-width:2}</style>')


def page(width, height, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}">\n{STYLE}\n<rect width="{width}" height="{height}" fill="#fff"/>\n'
            + "\n".join(body) + "\n</svg>\n")


def text(x, y, words, anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(words)}</text>'


def line(x0, y0, x1, y1, kind):
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" class="{kind}"/>'


def bars(title, rows):
    """`rows`: (name, ratio, goal or None), on a logarithmic axis that starts at a half; the goal as a red mark."""
    left, width, step = 370, 840, 24
    high = max([2.0] + [value for _, value, _ in rows] + [goal or 0 for _, _, goal in rows]) * 1.1
    scale = lambda value: left + (width - left - 70) * math.log(max(value, 0.5) / 0.5) / math.log(high / 0.5)
    height = 50 + step * len(rows)
    body = [text(10, 20, title)]
    for tick in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500):
        if tick <= high:
            body += [line(scale(tick), 30, scale(tick), height - 18, "axis" if tick == 1 else "grid"),
                     text(scale(tick), height - 4, f"{tick:g}", "middle")]
    for index, (name, value, goal) in enumerate(rows):
        y = 34 + index * step
        body += [text(left - 8, y + 13, name, "end"),
                 f'<rect x="{left}" y="{y}" width="{scale(value) - left:.1f}" height="16" fill="{COLOURS[0]}"/>',
                 text(scale(value) + 6, y + 13, f"{value:.3g}")]
        if goal:
            body.append(line(scale(goal), y - 2, scale(goal), y + 18, "goal"))
    return page(width, height, body)


def nice_top(value):
    """The next of 1, 2, 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


def curves(title, x_name, y_name, series):
    """`series`: (name, [(x, y)]); x is logarithmic, y starts at 0."""
    width, height, left, right, top, bottom = 560, 320, 64, 20, 50, 44
    xs = sorted({x for _, points in series for x, _ in points})
    high = nice_top(max(y for _, points in series for _, y in points))
    low_log, high_log = math.log(xs[0]), math.log(xs[-1])
    span = max(high_log - low_log, 1e-9)
    at_x = lambda x: left + (width - left - right) * (math.log(x) - low_log) / span
    at_y = lambda y: height - bottom - (height - top - bottom) * y / high
    body = [text(10, 18, title)]
    for part in range(6):
        value = high * part / 5
        body += [line(left, at_y(value), width - right, at_y(value), "grid"),
                 text(left - 6, at_y(value) + 4, f"{value:g}", "end")]
    shown = -1e9
    for x in xs:
        if at_x(x) - shown > 34:
            shown = at_x(x)
            body.append(text(shown, height - bottom + 16, f"{x:g}", "middle"))
    body += [line(left, height - bottom, width - right, height - bottom, "axis"),
             text(width - right, height - 8, x_name, "end"), text(10, 36, y_name)]
    for index, (name, points) in enumerate(series):
        colour = COLOURS[index % len(COLOURS)]
        path = " ".join(f"{at_x(x):.1f},{at_y(y):.1f}" for x, y in points)
        body.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        body += [f'<circle cx="{at_x(x):.1f}" cy="{at_y(y):.1f}" r="3" fill="{colour}"/>' for x, y in points]
        if len(series) > 1:
            body.append(f'<rect x="{200 + 170 * index}" y="27" width="10" height="10" fill="{colour}"/>')
            body.append(text(215 + 170 * index, 36, name))
    return page(width, height, body)
