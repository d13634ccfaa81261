#!/usr/bin/python3
"""Cuts the fonts of the window out of Debian's packages of them.

    apt-get install -y --no-install-recommends fonts-inter fonts-jetbrains-mono fonts-noto-cjk python3-fonttools
    /usr/bin/python3 gui/assets/fonts/subset.py

Words are set in Inter, what is copied from a system in JetBrains Mono; both keep Latin, punctuation, arrows and a few
signs. Chinese falls back to Noto Sans CJK SC: the 3,755 characters of GB2312 level 1, and every other one that the
translations, the sentences and the shipped scenarios use. The bold Chinese face holds only what those use.

Outlines of the Chinese faces are kept to 1/500 of an em, a tenth of a pixel on the wall: numbers that small take one byte
instead of two. Without shared pieces of outlines they also pack better, which is how they travel to a browser.

Figures of Inter are all of one width (its own feature `tnum`, made the default), so that a number that changes does not
jump. Ligatures are left out: `->` in a command is two characters.
"""

import io
import pathlib
import unicodedata

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
DEBIAN = pathlib.Path("/usr/share/fonts")

# Files whose text can come onto the screen.
SHOWN = ["views/locales/*.yml", "scenarios/**/*.json", "scenarios/claims.tsv", "sim-core/src/**/*.rs", "views/src/**/*.rs",
         "app/src/**/*.rs", "gui/src/**/*.rs", "cli/src/**/*.rs"]

LATIN = set(range(0x20, 0x7F)) | set(range(0xA0, 0x180)) | set(range(0x2010, 0x2028)) | set(range(0x2030, 0x203B))
SIGNS = set(map(ord, "€→←↑↓↔⇒×÷±−≤≥≠≈∞∈∅…•·✓✗✕▲▼▶◀●○■□◆◇"))
WIDE = set(range(0x3000, 0x3018)) | set(range(0xFF01, 0xFF5F)) | set(map(ord, "—…‘’“”·×→←↑↓✓✗①②③④⑤⑥⑦⑧⑨⑩▲▼▶◀●○■□◆◇"))


def gb2312_level_1():
    """The 3,755 characters of the first level, in rows 16 to 55."""
    found = set()
    for row in range(16, 56):
        for cell in range(1, 95):
            try:
                found.add(ord(bytes([row + 0xA0, cell + 0xA0]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    return found


def shown():
    """Every character in what can be shown."""
    found = set()
    for pattern in SHOWN:
        for path in ROOT.glob(pattern):
            found |= set(map(ord, path.read_text(encoding="utf-8")))
    return {c for c in found if c >= 0x20}


def tabular(font):
    """Makes the figures of one width the figures."""
    table = font["GSUB"].table
    lookups = [i for record in table.FeatureList.FeatureRecord if record.FeatureTag == "tnum"
               for i in record.Feature.LookupListIndex]
    for cmap in font["cmap"].tables:
        for code in map(ord, "0123456789"):
            name = cmap.cmap.get(code)
            for lookup in lookups:
                for sub in table.LookupList.Lookup[lookup].SubTable:
                    sub = getattr(sub, "ExtSubTable", sub)
                    if name is not None and name in getattr(sub, "mapping", {}):
                        cmap.cmap[code] = sub.mapping[name]


def cut(source, number, target, codes, figures=False):
    """Cuts one face."""
    font = TTFont(source, fontNumber=number)
    if figures:
        tabular(font)
    options = subset.Options()
    options.hinting = False
    # The forms of other regions (`locl`) would double the Chinese faces.
    options.layout_features = ["kern"] if number else ["kern", "mark", "mkmk", "ccmp"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.drop_tables += ["DSIG", "VORG", "vhea", "vmtx"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    if number:
        font["CFF "].cff.desubroutinize()
        scale_upem(font, 500)
    font["head"].modified = font["head"].created  # the same bytes whenever it is run
    font.recalcTimestamp = False
    out = io.BytesIO()
    font.save(out)
    (HERE / target).write_bytes(out.getvalue())
    have = len(font.getBestCmap())
    print(f"{target}: {have} characters, {len(out.getvalue()) / 1000:.0f} kB")


def main():
    used = shown()
    wide = {c for c in used if unicodedata.east_asian_width(chr(c)) in "WF"}
    narrow = used - wide
    signs = LATIN | SIGNS | narrow
    inter = DEBIAN / "opentype/inter"
    mono = DEBIAN / "truetype/jetbrains-mono"
    noto = DEBIAN / "opentype/noto"
    cut(inter / "Inter-Regular.otf", 0, "Inter-Regular.otf", signs, figures=True)
    cut(inter / "Inter-SemiBold.otf", 0, "Inter-SemiBold.otf", signs, figures=True)
    cut(mono / "JetBrainsMono-Regular.ttf", 0, "JetBrainsMono-Regular.ttf", signs)
    cut(mono / "JetBrainsMono-Bold.ttf", 0, "JetBrainsMono-Bold.ttf", signs)
    # Face 2 of the collection is SC.
    cut(noto / "NotoSansCJK-Regular.ttc", 2, "NotoSansSC-Regular.otf", gb2312_level_1() | WIDE | signs | wide)
    cut(noto / "NotoSansCJK-Bold.ttc", 2, "NotoSansSC-Bold.otf", WIDE | SIGNS | wide)


main()
