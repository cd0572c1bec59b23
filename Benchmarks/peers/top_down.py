"""Selective tuning's top-down pass in PyTorch: batched and vectorised, float32, the rules that stnet has by default.

Every function takes the gating of a layer's output, the layer's input activities and weights, and returns the gating of
the input; the first dimension is the batch. All active units of a batch are worked on together, in blocks that bound the
memory. What stnet sums in fixed point is summed in float32 here, so that close decisions may fall otherwise.
"""

import torch
import torch.nn.functional as F

CONVOLUTION = {"lower_bound": 3e-4, "epsilon": 2e-4}
LINEAR = {"lower_bound": 1e-5, "epsilon": 1e-4}
LADDER = [(1, 3), (1, 2), (1, 1), (1, 0), (0.5, 0), (0.2, 0)]
BLOCK = 1 << 22  # products at a time


def winners(products, lower_bound, epsilon):
    """Stage 1 over [units, connections]: which connections win, none where the unit is dropped."""
    ordered = products.sort(1).values
    running = products.clamp(max=0).sum(1, keepdim=True) + ordered.clamp(min=0).cumsum(1)
    first = ((running > 0) & (ordered > 0)).to(torch.uint8).argmax(1, keepdim=True)
    theta = ordered.gather(1, first)
    alive = products.sum(1, keepdim=True) > lower_bound
    return (products >= theta - epsilon) & alive


def ladder(products, winning, offset):
    """Stage 2 of fully connected layers: the statistically important subset of the winners."""
    count = winning.sum(1, keepdim=True).clamp(min=1)
    mean = (products * winning).sum(1, keepdim=True) / count
    squares = ((products - mean).square() * (winning & (products != 0))).sum(1, keepdim=True)
    deviation = (squares / count).sqrt()
    thresholds = torch.cat([p * mean + q * deviation for p, q in LADDER], 1)
    largest = products.masked_fill(~winning, -torch.inf).amax(1, keepdim=True)
    row = (largest >= thresholds).to(torch.uint8).argmax(1, keepdim=True)
    threshold = thresholds.gather(1, (row + offset).clamp(max=len(LADDER) - 1))
    return winning & (products >= threshold) & (products >= 0)


def shares(gating, products, selected):
    """Stage 3: the units' gating in proportion to the selected products."""
    kept = products * selected
    total = kept.sum(1, keepdim=True)
    return torch.where(total != 0, gating[:, None] * kept / total, 0)


def linear(gating, activities, weight):
    """[batch, out], [batch, in], [out, in] -> [batch, in]."""
    result = torch.zeros_like(activities)
    for units in gating.nonzero().split(max(1, BLOCK // weight.shape[1])):
        image, unit = units.unbind(1)
        products = weight[unit] * activities[image]
        selected = ladder(products, winners(products, **LINEAR), offset=3)
        result.index_add_(0, image, shares(gating[image, unit], products, selected))
    return result


def bridge(gating):
    """[batch, units]: the gating selected again, as the input of one unit with all weights 1 and gating 1."""
    selected = ladder(gating, winners(gating, **LINEAR), offset=1)
    return shares(torch.ones(len(gating)), gating, selected)


def components(winning):
    """[maps, k, k] bool: 8-connected components, numbered 1 + (k*k - 1 - their first cell in row-major order); 0 elsewhere."""
    k = winning.shape[-1]
    mask = winning.float()[:, None]
    labels = torch.arange(k * k, 0, -1.0).reshape(k, k) * mask
    while True:
        spread = F.max_pool2d(labels, 3, 1, 1) * mask
        if torch.equal(spread, labels):
            return labels[:, 0].long()
        labels = spread


def strongest_group(products, winning):
    """Stage 2 of convolutions over [units, channels, k, k]: (unit, channel, cells [groups, k, k]) of the winning groups."""
    units, channels, k, _ = products.shape
    unit, channel = winning.flatten(2).any(2).nonzero().unbind(1)
    labels = components(winning[unit, channel])
    flat, cells = labels.flatten(1), products[unit, channel].flatten(1)
    sums = torch.zeros(len(flat), k * k + 1).scatter_add_(1, flat, cells)
    areas = torch.zeros(len(flat), k * k + 1).scatter_add_(1, flat, torch.ones_like(cells))
    scores = torch.where(sums > 0, 0.2 * sums + 0.8 * areas, -torch.inf)[:, 1:].flip(1)  # the first component first
    score, order = scores.max(1)
    table = torch.full((units, channels), -torch.inf)
    table[unit, channel] = score
    best, chosen = table.max(1)
    group = torch.full((units, channels), -1)
    group[unit, channel] = torch.arange(len(unit))
    alive = (best > -torch.inf).nonzero()[:, 0]
    group = group[alive, chosen[alive]]
    return alive, chosen[alive], labels[group] == (k * k - order[group])[:, None, None]


def convolution(gating, activities, weight, stride=1, padding=0):
    """[batch, out, height, width], [batch, in, ...], [out, in, k, k] -> the gating of the activities."""
    k = weight.shape[-1]
    padded = F.pad(activities, [padding] * 4)
    inside = F.pad(torch.ones(activities.shape[2:], dtype=torch.bool), [padding] * 4)
    windows = padded.unfold(2, k, stride).unfold(3, k, stride)
    cells_inside = inside.unfold(0, k, stride).unfold(1, k, stride)
    result = torch.zeros_like(padded)
    strides = torch.tensor(result.stride())
    window = (torch.arange(k)[:, None] * strides[2] + torch.arange(k) * strides[3])
    for units in gating.nonzero().split(max(1, BLOCK // weight[0].numel())):
        image, out, y, x = units.unbind(1)
        products = windows[image, :, y, x] * weight[out]
        winning = winners(products.flatten(1), **CONVOLUTION).view_as(products) & cells_inside[y, x][:, None]
        unit, channel, group = strongest_group(products, winning)
        image, out, y, x = units[unit].unbind(1)
        part = shares(gating[image, out, y, x], products[unit, channel].flatten(1), group.flatten(1))
        corner = image * strides[0] + channel * strides[1] + y * stride * strides[2] + x * stride * strides[3]
        place = (corner[:, None, None] + window).flatten(1)
        result.view(-1).index_add_(0, place[group.flatten(1)], part[group.flatten(1)])
    return result[:, :, padding:padding + activities.shape[2], padding:padding + activities.shape[3]]


def max_pool(gating, indices, shape):
    """The gating goes to each window's maximum; `indices` are those of F.max_pool2d."""
    result = torch.zeros(shape[0], shape[1], shape[2] * shape[3])
    return result.scatter_add_(2, indices.flatten(2), gating.flatten(2)).view(shape)


def boxes(gating):
    """[batch, channels, height, width] -> [batch, 4]: the tight box of the cells from the mean of the non-zero ones on."""
    collapsed = gating.sum(1)
    mean = collapsed.sum((1, 2)) / (collapsed != 0).sum((1, 2)).clamp(min=1)
    kept = (collapsed >= mean[:, None, None]) & (collapsed != 0)
    columns, rows = kept.any(1).to(torch.uint8), kept.any(2).to(torch.uint8)
    result = torch.stack([
        columns.argmax(1), rows.argmax(1),
        columns.shape[1] - 1 - columns.flip(1).argmax(1), rows.shape[1] - 1 - rows.flip(1).argmax(1)], 1)
    return torch.where(kept.any(2).any(1)[:, None], result, torch.tensor([0, 0, 1, 1]))
