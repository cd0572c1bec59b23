#!/usr/bin/env python3
"""Looks at reports, and at a page that compares runs, as a reader does: in a real browser, wide and narrow, light and
dark, on paper, without script.

usage: report_test.py STNET_COORD OUT REPORT.html...

Each report must be well-formed XML, load without a message in the console, ask the network for nothing, fit the width
of a phone, be legible (WCAG's contrast of 4.5), sort and search, be used by keyboard, and pass axe's rules (WCAG 2.2 A and
AA, and its best practices). Reports full of hostile names, of an INVALID run and of a run with maps are made and looked at
too. Screenshots and a PDF go to OUT; the exit status is 1 when something is wrong.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.parse
import xml.dom.minidom

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

HOSTILE = "\"'><img src=x onerror=\"alert(1)\">]]>\u202e\u2066 <b>&amp;"

failures = []


def check(condition, text):
    if not condition:
        failures.append(text)
        print("FAILED:", text)


def hostile_report(coordinator, out):
    """A run whose ids, classes, method and missing image all try to be markup; gives its report."""
    folder = out / "hostile"
    folder.mkdir(parents=True, exist_ok=True)
    ids = [f"{number}{HOSTILE.replace(',', '')}" for number in range(30)]
    classes = [f"{HOSTILE}</script><script>alert({number})</script>" for number in range(30)]
    files = {
        "image_ids.txt": "".join(f"{i}\n" for i in ids),
        "class_labels.txt": "".join(f"{i},{n}\n" for n, i in enumerate(ids)),
        "image_sizes.txt": "".join(f"{i},224,224\n" for i in ids),
        "localization.txt": "".join(f"{i},10,10,150,150\n" for i in ids),
        "classes.txt": "".join(f"{c}\n" for c in classes),
        # The last image has no box: the run is INVALID.
        "boxes.csv": "".join(f"{i},{5 * n},10,150,150\n" for n, i in enumerate(ids[:-1])),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    run = subprocess.run(
        [coordinator, "score", "--boxes", folder / "boxes.csv", "--annotations", folder, "--classes",
         folder / "classes.txt", "--name", HOSTILE, "--out", folder / "run", "--force"], capture_output=True, text=True)
    check(run.returncode == 1, f"the hostile run ends with {run.returncode}: {run.stderr}")
    return folder / "run" / "report.html"


def demo_reports(coordinator, out):
    """Of generated pictures: a run with a map of each, and one that lacks an image and cannot read another."""
    demo = pathlib.Path(__file__).resolve().parents[2] / "Demo"
    made = subprocess.run([coordinator, "demo", "--force", "--out", out / "pictures"], capture_output=True, text=True)
    check(made.returncode == 0, f"the demo ends with {made.returncode}: {made.stderr}")
    folder = out / "pictures-pictures"
    damaged = out / "damaged"
    shutil.rmtree(damaged, ignore_errors=True)
    damaged.mkdir()
    for number in range(1, 30):
        shutil.copy(folder / "images" / f"demo_{number:08}.JPEG", damaged)
    (damaged / "demo_00000007.JPEG").write_text("no picture")
    reports = []
    for name, images, options, status in (
            ("maps", folder / "images", ["--exe-mode", "ch_viz", "--limit", "40"], 0),
            ("invalid", damaged, ["--limit", "30"], 1)):
        run = subprocess.run(
            [coordinator, "--images", images, "--annotations", folder / "annotations", "--network", demo / "network.json",
             "--weights", demo / "demo.safetensors", "--out", out / name, "--force", *options],
            capture_output=True, text=True)
        check(run.returncode == status, f"{name}: the run ends with {run.returncode}: {run.stderr}")
        reports.append(out / name / "report.html")
    text = reports[0].read_text(encoding="utf-8")
    check(text.count('class="frame map"') == text.count('class="shot"') > 0, "maps: a picture has no map")
    return reports


def comparison(coordinator, out):
    """A sweep over the demo's pictures; gives its page."""
    demo = pathlib.Path(__file__).resolve().parents[2] / "Demo"
    pictures = out / "pictures-pictures"
    (out / "sweep.json").write_text(json.dumps({
        "common": {"network": str(demo / "network.json"), "weights": str(demo / "demo.safetensors"), "map-metrics": True},
        "jobs": [{"name": "ours", "preset": ["reference", "sharp"]}, {"method": ["gradcam", "layercam", "gradient", "guided"]},
                 {"name": "wsol", "iou": "wsol"}, {"name": "tight", "method": "gradient", "component-blur": [4, 8, 16]}]}))
    run = subprocess.run(
        [coordinator, "sweep", out / "sweep.json", "--images", pictures / "images", "--annotations",
         pictures / "annotations", "--limit", "60", "--out", out / "sweep", "--force"], capture_output=True, text=True)
    check(run.returncode == 0, f"sweep: it ends with {run.returncode}: {run.stderr}")
    return out / "sweep" / "index.html"


def listen(page, name):
    """Notes whatever the page says or asks for."""
    asked = []
    page.on("console", lambda message: check(False, f"{name}: console: {message.text}"))
    page.on("pageerror", lambda error: check(False, f"{name}: error: {error}"))
    page.on("dialog", lambda dialog: (check(False, f"{name}: dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    return asked


CONTRAST = """() => {
  const channel = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const luminance = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const parse = t => t.match(/[\\d.]+/g).map(Number);
  // Of several layers that let others through, from the last one up.
  const ground = e => {
    const layers = [];
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0) layers.push(c);
      if (c.length === 3 || c[3] === 1) break;
    }
    return layers.reverse().reduce(
      (under, c) => [0, 1, 2].map(i => under[i] + (c[i] - under[i]) * (c[3] ?? 1)), [255, 255, 255]);
  };
  const bad = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    if (['script', 'style', 'title', 'desc'].includes(e.localName)) continue;
    const style = getComputedStyle(e);
    const a = luminance(parse(e.namespaceURI.endsWith('svg') ? style.fill : style.color));
    const b = luminance(ground(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push(`${e.localName}.${e.className} ${ratio.toFixed(2)} "${e.textContent.slice(0, 30)}"`);
  }
  return bad.slice(0, 5);
}"""


def examine(page, name):
    """What axe says of the page with all of its parts open."""
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    found = Axe().run(page, options={"runOnly": [
        "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).response
    check(len(found["passes"]) > 20, f"{name}: axe has looked at {len(found['passes'])} rules only")
    for rule in found["violations"]:
        places = "; ".join(str(node["target"][0]) for node in rule["nodes"][:3])
        check(False, f"{name}: axe: {rule['id']} ({rule['impact']}): {rule['help']}: {places}")


SCROLLING = """() => Array.from(document.querySelectorAll('.scroll')).map(e => ({
  name: e.getAttribute('aria-label'), goesOn: e.scrollWidth - e.clientWidth > 1,
  isTall: e.scrollHeight - e.clientHeight > 1, isStop: e.tabIndex === 0,
  isSaid: e.previousElementSibling.className.includes('hint') &&
    getComputedStyle(e.previousElementSibling).display !== 'none'}))"""


def scroll(page, name, tables):
    """Tables that go on sideways say so and are moved by keyboard; the others are no stop on the way."""
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.wait_for_timeout(200)
    places = page.evaluate(SCROLLING)
    check(len(places) >= tables, f"{name}: {len(places)} tables")
    for place in places:
        check(place["isSaid"] == place["goesOn"], f"{name}: {place['name']}: goes on {place['goesOn']}, said {place['isSaid']}")
        check(place["isStop"] == (place["goesOn"] or place["isTall"]), f"{name}: {place['name']}: a stop {place['isStop']}")
    for place in (place for place in places if place["goesOn"]):
        region = page.get_by_role("region", name=place["name"], exact=True)
        region.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)
        check(region.evaluate("e => e.scrollLeft") > 0, f"{name}: {place['name']} is not moved by keyboard")
    return sum(place["goesOn"] for place in places)


def look(browser, report, name, out, tables=3):
    for width, scale in ((1280, 1), (390, 2), (360, 2)):
        for scheme in ("light", "dark"):
            label = f"{name}-{width}-{scheme}"
            context = browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme, device_scale_factor=scale)
            page = context.new_page()
            asked = listen(page, label)
            page.goto(report.resolve().as_uri())
            outside = [url for url in asked if not url.startswith("data:")]
            check(outside == [report.resolve().as_uri()], f"{label}: asks for {outside}")
            across = page.evaluate("document.documentElement.scrollWidth")
            check(across <= width, f"{label}: {across} pixels wide")
            for text in page.evaluate(CONTRAST):
                check(False, f"{label}: contrast of {text}")
            if name != "hostile":
                shown = page.inner_text("body")
                check(not re.search(r"</?[a-z]+[ >]", shown), f"{label}: markup is shown as text")
            for place in page.locator("nav a").evaluate_all("links => links.map(link => link.getAttribute('href'))"):
                check(page.locator(place).count() == 1, f"{label}: nothing is at {place}")
            page.screenshot(path=out / f"{label}.png")
            page.screenshot(path=out / f"{label}-whole.png", full_page=True)
            examine(page, label)
            going = scroll(page, label, tables)
            check(going > 0 or width > 390, f"{label}: no table goes on sideways on a phone")
            if width == 1280 and scheme == "light":
                page.reload()
                page.pdf(path=out / f"{name}.pdf", format="A4", print_background=True)
            context.close()


def use(browser, report, name):
    """Sorts by each column, and searches; gives the number of classes."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    listen(page, name)
    page.goto(report.resolve().as_uri())
    table = page.locator("#class-table")
    buttons = table.locator("th button")
    rows = table.locator("tbody tr").count()
    for place in range(buttons.count()):
        for direction in ("ascending", "descending"):
            # By keyboard, as some do.
            buttons.nth(place).focus()
            page.keyboard.press("Enter")
            head = buttons.nth(place).locator("..")
            check(head.get_attribute("aria-sort") == direction, f"{name}: column {place} is not {direction}")
            column = head.evaluate("e => e.cellIndex")
            texts = table.locator("tbody tr").evaluate_all(
                "(rows, column) => rows.map(r => r.cells[column].textContent.trim().toLowerCase())", column)
            check(len(texts) == rows, f"{name}: {len(texts)} of {rows} rows are left")
            keys = texts if column == 0 else [float(text.split("-")[0]) for text in texts]
            if column == 0:
                keys = [key.encode("utf-16-be") for key in keys]
            check(keys == sorted(keys, reverse=direction == "descending"), f"{name}: column {place} {direction}")
    first = table.locator("tbody th").first.text_content().split()[0]
    page.fill("#search", first)
    visible = table.locator("tbody tr:visible")
    check(0 < visible.count(), f"{name}: nothing is found for {first}")
    for text in visible.locator("th").all_text_contents():
        check(first.lower() in text.lower(), f"{name}: {text} is found for {first}")
    check(page.text_content("#found") == f"{visible.count()} of {rows}", f"{name}: the count of what was found")
    page.fill("#search", "no class is called so")
    check(visible.count() == 0, f"{name}: something is found for nonsense")
    page.fill("#search", "")
    check(visible.count() == rows, f"{name}: the search does not end")
    page.context.close()
    return rows


def break_out(browser, report, name):
    """What the policy forbids does not happen, whoever tries. The console says so: it is not listened to."""
    page = browser.new_page()
    page.goto(report.resolve().as_uri())
    blocked = page.evaluate("""() => new Promise(done => {
        const seen = new Set();
        document.addEventListener('securitypolicyviolation', e => {
          seen.add(e.effectiveDirective);
          if (seen.size === 3) done([...seen].sort());
        });
        setTimeout(() => done([...seen].sort()), 3000);
        const add = (tag, set) => { const e = document.createElement(tag); set(e); document.body.appendChild(e); };
        add('img', e => { e.src = 'http://localhost:9/x.png'; });
        add('script', e => { e.textContent = 'window.broken = 1'; });
        add('style', e => { e.textContent = 'body{display:none}'; });
      })""")
    check(blocked == ["img-src", "script-src-elem", "style-src-elem"], f"{name}: the policy blocks {blocked}")
    check(page.evaluate("window.broken") is None, f"{name}: a strange script ran")
    page.close()


def without_script(browser, report, name, rows):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.resolve().as_uri())
    check(page.locator("#class-table tbody tr:visible").count() == rows, f"{name}: rows are missing without script")
    check(not page.locator("#search").is_visible(), f"{name}: a search that cannot work is shown")
    check(page.locator("svg.chart:visible").count() >= 2, f"{name}: charts are missing without script")
    check(page.locator("figure.shot:visible").count() > 0, f"{name}: images are missing without script")
    context.close()


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser_path is None:
        sys.exit("no Chromium here: install the package chromium")
    out = pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    reports = [pathlib.Path(path) for path in sys.argv[3:]]
    reports += [hostile_report(sys.argv[1], out), *demo_reports(sys.argv[1], out)]
    with sync_playwright() as playwright:
        # Root may not use Chromium's sandbox; the pages are our own.
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for report in reports:
            name = report.parent.parent.name if report.parent.name == "run" else report.parent.name
            xml.dom.minidom.parse(str(report))
            look(browser, report, name, out)
            rows = use(browser, report, name)
            break_out(browser, report, name)
            without_script(browser, report, name, rows)
            if name == "hostile":
                text = report.read_text(encoding="utf-8")
                check(text.count("<script") == 1 and "<img" not in text, "hostile: markup came in")
                check("\u202e" not in text and "\u2066" not in text, "hostile: a direction mark came in")
            print(f"{name}: {report.stat().st_size} bytes, {rows} classes")
        page = comparison(sys.argv[1], out)
        xml.dom.minidom.parse(str(page))
        look(browser, page, "comparison", out, tables=2)
        break_out(browser, page, "comparison")
        context = browser.new_context(java_script_enabled=False)
        still = context.new_page()
        still.goto(page.resolve().as_uri())
        check(still.locator("svg.chart:visible").count() == 1, "comparison: the chart is missing without script")
        check(still.locator("figure.shot:visible").count() == 12, "comparison: images are missing without script")
        for link in still.locator("#table a").evaluate_all("links => links.map(link => link.href)"):
            check(pathlib.Path(urllib.parse.unquote(urllib.parse.urlparse(link).path)).exists(), f"comparison: no {link}")
        context.close()
        browser.close()
    print(f"{len(reports)} reports, {len(failures)} failures; screenshots are in {out}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
