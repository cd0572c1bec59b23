#!/usr/bin/env python3
"""Writes tables.json: files of boxes as Python's csv, numpy.savetxt and spreadsheets write them, with the boxes that Python's
csv reads in them.

    Tests/DatasetTests/Golden/make_tables.py
"""
import base64
import csv
import io
import itertools
import json
import pathlib

import numpy

HERE = pathlib.Path(__file__).parent
IDS = ["val/a.JPEG", "b, c", 'd "quoted"', "val/a.JPEG"]
BOXES = [[10.5, 20.0, 30.25, 40.0], [0.0, 0.0, 499.0, 374.0], [1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]
HEADINGS = [
    "image_id,x0,y0,x1,y1", "image_id,xmin,ymin,xmax,ymax", "ImageID,XMin,YMin,XMax,YMax", "id, x0, y0, x1, y1",
    "filename,x_min,y_min,x_max,y_max", "image,x1,y1,x2,y2", "img,left,top,right,bottom",
    "path,bbox_x1,bbox_y1,bbox_x2,bbox_y2", "name,box.left,box.top,box.right,box.bottom", "image,x,y,x2,y2",
    "Image Id,Pred X0,Pred Y0,Pred X1,Pred Y1", "id,startX,startY,endX,endY", "image_id,xtl,ytl,xbr,ybr",
]
ORDERS = {
    "image_id,xmin,xmax,ymin,ymax": [0, 1, 3, 2, 4], "ymin,xmin,ymax,xmax,image": [2, 1, 4, 3, 0],
    "image_id,y1,x1,y2,x2": [0, 2, 1, 4, 3], "x0,y0,x1,y1,id": [1, 2, 3, 4, 0],
}


def written(heading=None, order=(0, 1, 2, 3, 4), extra=None, number=lambda value: value, **dialect):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator=dialect.pop("lineterminator", "\n"), **dialect)
    if heading:
        writer.writerow(heading)
    for index, (name, box) in enumerate(zip(IDS, BOXES)):
        row = [name] + [number(value) for value in box]
        row = [row[place] for place in order]
        writer.writerow(row if extra is None else extra(index, row))
    return stream.getvalue()


def tables():
    for heading in HEADINGS:
        yield f"heading {heading}", written(heading.split(","))
    for heading, order in ORDERS.items():
        yield f"heading {heading}", written(heading.split(","), order)
    usual = HEADINGS[1].split(",")
    for delimiter, quoting in itertools.product([",", ";", "\t"],
                                                [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]):
        for heading in (None, usual):
            yield (f"delimiter {delimiter!r}, quoting {quoting}, heading {heading is not None}",
                   written(heading, delimiter=delimiter, quoting=quoting))
    yield "carriage returns", written(usual, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    yield "byte order mark", "\ufeff" + written()
    yield "byte order mark and heading", "\ufeff" + written(usual, quoting=csv.QUOTE_ALL)
    yield "saved again with an index", written([""] + usual, extra=lambda index, row: [index] + row)
    yield "with a score and a class", written(usual + ["score", "class"], extra=lambda _, row: row + [0.5, "n01440764"])
    yield "with the number of the box", written(
        ["id"] + usual + ["name"], extra=lambda index, row: [index] + row + ["tench"])
    yield "with the image's size", written(
        ["image_id", "width", "height"] + usual[1:], extra=lambda _, row: row[:1] + [500, 375] + row[1:])
    yield "empty columns behind", written(extra=lambda _, row: row + ["", ""])
    yield "a spreadsheet's hint", "sep=;\r\n" + written(usual, delimiter=";", lineterminator="\r\n")
    yield "numpy.savetxt's heading", written(["# image_id"] + usual[1:])
    yield "exponents", written(number=lambda value: "%.18e" % value)
    yield "signs and small exponents", written(number=lambda value: "%+.3E" % value)
    yield "blanks", "\n".join(
        f" {name} \t,\u00a0 {box[0]} ,{box[1]}\u2003, {box[2]},  {box[3]} " for name, box in
        zip(["val/a.JPEG", '"b, c"', '"d ""quoted"""', "val/a.JPEG"], BOXES)) + "\n"
    yield "empty lines around", "\n\n" + written() + "\n \n"
    stream = io.BytesIO()
    numpy.savetxt(stream, numpy.array(BOXES), delimiter=",")
    lines = stream.getvalue().decode().splitlines()
    yield "numpy.savetxt", "".join(
        f"{name},{line}\n" for name, line in zip(["val/a.JPEG", '"b, c"', '"d ""quoted"""', "val/a.JPEG"], lines))


def main():
    golden = [{"name": name, "text": base64.b64encode(text.encode()).decode()} for name, text in tables()]
    (HERE / "tables.json").write_text(json.dumps({"ids": IDS, "boxes": BOXES, "tables": golden}, indent=1) + "\n")
    print(len(golden), "tables")


main()
