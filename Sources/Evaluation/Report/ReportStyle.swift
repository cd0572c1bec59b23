/// The page's style sheet: light and dark, narrow and wide, screen and paper. Colours that must be told apart differ in
/// lightness too (Okabe and Ito's palette).
///
/// It has neither `<` nor `&`, so that the page stays well-formed XML.
enum ReportStyle {
    static let sheet = colors + text + tables + charts + pictures + paper

    private static let colors = """
        :root{--bg:#fff;--fg:#1a1f26;--muted:#57606b;--line:#d6dce3;--soft:#f4f6f8;--ours:#0b5cad;--band:#0b5cad26;\
        --low:#8fb4d9;--square:#b35900;--whole:#6b7480;--good:#0a6b34;--good-bg:#e8f5ec;--bad:#a8101c;--bad-bg:#fdeaea;\
        --truth:#1f6feb;--pred:#e5261f;--halo:#ffffffb3;--mark:#0b5cad12;--shade:#1a1f2640}
        @media (prefers-color-scheme:dark){:root{--bg:#0f1318;--fg:#e4e8ed;--muted:#9ba6b2;--line:#2c343d;--soft:#181e25;\
        --ours:#6db3ff;--band:#6db3ff2e;--low:#38618c;--square:#ffab57;--whole:#a3adb8;--good:#5bd38a;--good-bg:#10261a;\
        --bad:#ff7b7b;--bad-bg:#33151a;--mark:#6db3ff1f;--shade:#000000b3}}

        """

    private static let text = """
        *{box-sizing:border-box}
        html{scroll-behavior:smooth}
        body{margin:0 auto;padding:0 1rem 3rem;max-width:70rem;background:var(--bg);color:var(--fg);\
        font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;\
        font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
        h1{font-size:1.9rem;line-height:1.2;margin:2rem 0 .2rem;overflow-wrap:anywhere}
        h2{font-size:1.35rem;margin:0 0 .8rem;padding-top:1.4rem;border-top:1px solid var(--line)}
        h3{font-size:1.05rem;margin:1.8rem 0 0}
        section{margin-top:2rem}
        p{margin:.4rem 0 .8rem}
        .lead{color:var(--muted);margin:0 0 1rem}
        .note{color:var(--muted);font-size:.87rem;max-width:52rem}
        code{font:.85em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
        .digest,.ids,.id,dd{overflow-wrap:anywhere}
        a{color:var(--ours)}
        nav{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;font-size:.93rem;margin-top:1rem}
        summary{cursor:pointer;margin:.4rem 0}
        footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:.6rem;color:var(--muted);font-size:.85rem}
        .verdict{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;align-items:baseline;margin:0;padding:.7rem 1rem;\
        border-radius:8px;border:1px solid;border-left-width:6px}
        .verdict p,.verdict ul{margin:.15rem 0}
        .verdict>div{flex:1 1 20rem;min-width:0;color:var(--fg);font-size:.93rem;overflow-wrap:anywhere}
        .verdict .word{font-weight:800;letter-spacing:.06em}
        .verdict.good{border-color:var(--good);background:var(--good-bg);color:var(--good)}
        .verdict.bad{border-color:var(--bad);background:var(--bad-bg);color:var(--bad);border-width:2px;\
        border-left-width:10px}
        .verdict .scroll{--bg:var(--bad-bg)}
        .verdict.bad .word{font-size:2.2rem;line-height:1.1}
        td.bad{color:var(--bad);font-weight:700}
        .stamp{color:var(--bad);font-weight:700;border:2px solid var(--bad);display:inline-block;padding:.1rem .6rem;\
        transform:rotate(-1deg)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.8rem;margin:0 0 1.4rem}
        .tiles div{background:var(--soft);border-radius:8px;padding:.7rem .9rem}
        .tiles dt{font-size:.87rem;color:var(--muted)}
        .tiles dd{margin:0}
        .tiles b{font-size:2.1rem;line-height:1.25;font-weight:650}
        .tiles .unit{font-size:1.1rem;color:var(--muted)}
        .tiles .interval,.tiles .below{display:block;font-size:.83rem;color:var(--muted)}
        .facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:0 1.6rem;margin:0;font-size:.9rem}
        .facts div{display:flex;gap:.8rem;justify-content:space-between;border-bottom:1px solid var(--line);padding:.25rem 0}
        .facts dt{color:var(--muted);flex:none;max-width:60%;overflow-wrap:anywhere}
        .facts dd{margin:0;text-align:right;min-width:0}
        .facts.long{grid-template-columns:1fr}.facts.long dd{font:.84em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
        .charts+*{margin-top:1.2rem}.facts+.charts{margin-top:1.4rem}
        .unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}

        """

    private static let tables = """
        .scroll{overflow-x:auto;background:\
        linear-gradient(to right,var(--bg) 40%,transparent) left/2rem 100% no-repeat local,\
        linear-gradient(to left,var(--bg) 40%,transparent) right/2rem 100% no-repeat local,\
        linear-gradient(to right,var(--shade),transparent) left/.8rem 100% no-repeat scroll,\
        linear-gradient(to left,var(--shade),transparent) right/.8rem 100% no-repeat scroll}
        .scroll:focus-visible{outline:2px solid var(--ours);outline-offset:2px}
        .hint{display:none;margin:.4rem 0 .1rem;text-align:right;color:var(--muted);font-size:.83rem}
        .hint.on{display:block}
        @media (max-width:48rem){.hint{display:block}.hint.off{display:none}}
        thead .group{text-align:center;border-left:1px solid var(--line);border-right:1px solid var(--line)}
        .accuracy thead th{white-space:normal}
        .accuracy thead .n{min-width:4.1rem}
        .tall{max-height:34rem;overflow-y:auto;border:1px solid var(--line);border-radius:8px}
        table{border-collapse:collapse;font-size:.9rem;width:100%}
        th,td{padding:.3rem .6rem;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
        th{font-weight:500}
        thead th{font-weight:600;white-space:nowrap;vertical-align:bottom}
        .n{text-align:right}
        td.n{white-space:nowrap}
        td small{display:block;color:var(--muted);font-size:.78rem}
        td.i{color:var(--muted)}
        .ours th,.ours td{background:var(--mark);font-weight:650}
        .ours small{font-weight:400}
        .tall thead th{position:sticky;top:0;background:var(--bg);box-shadow:0 1px var(--line)}
        .tall th span{color:var(--muted);font-size:.85em}
        td.plot,th.plot{min-width:7rem}
        th button{all:unset;cursor:pointer;font-weight:600}
        th button:focus-visible{outline:2px solid var(--ours)}
        th button::after{content:"\\2195";color:var(--muted);padding-left:.3em}
        th[aria-sort=ascending] button::after{content:"\\25b2";color:var(--ours)}
        th[aria-sort=descending] button::after{content:"\\25bc";color:var(--ours)}
        [hidden]{display:none}
        input{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--muted);border-radius:6px;\
        padding:.25rem .5rem;width:16rem;max-width:100%}

        """

    private static let charts = """
        .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,24rem),1fr));gap:1.2rem 2rem}
        .charts figure{margin:0;min-width:0}
        figcaption{font-size:.93rem;font-weight:600}
        .chart{display:block;width:100%;height:auto}
        .chart text{font:12.5px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;fill:var(--fg)}
        .chart .tick,.chart .name,.chart .count{fill:var(--muted)}
        .chart .group{font-weight:600}
        .grid{stroke:var(--line);fill:none}
        .axis{stroke:var(--muted);fill:none}
        .bar{fill:var(--ours)}
        .bar.low{fill:var(--low)}
        .area{fill:var(--ours)}
        .band{fill:var(--band)}
        .ours,.square,.whole{fill:none;stroke-width:2}
        path.ours{stroke:var(--ours);stroke-width:2.6}
        path.square{stroke:var(--square);stroke-dasharray:7 3}
        path.whole{stroke:var(--whole);stroke-dasharray:2 3}
        .whisker{stroke:var(--ours);stroke-width:2;fill:none}
        .dot{fill:var(--ours);stroke:var(--bg)}
        .diamond{fill:var(--bg);stroke:var(--square);stroke-width:1.8}
        .lease{stroke:var(--ours);stroke-width:9;fill:none}
        .lease.lost{stroke:var(--square);stroke-width:4}
        .mark{display:block;width:100%;min-width:6rem;height:1.3em}

        """

    private static let pictures = """
        .gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.2rem,1fr));gap:1rem .8rem}
        .shot{margin:0;min-width:0}
        .frame{position:relative;aspect-ratio:1;background:var(--soft);border-radius:4px;overflow:hidden}
        .frame img,.frame svg,.blank{position:absolute;inset:0;width:100%;height:100%}
        .blank{border:1px dashed var(--muted)}
        .frame.map{margin-top:.2rem}
        .box,.halo{fill:none;vector-effect:non-scaling-stroke}
        .halo{stroke:var(--halo);stroke-width:4.5}
        .box.truth{stroke:var(--truth);stroke-width:1.6;stroke-dasharray:4 3}
        .box.truth.match{stroke-width:2.4;stroke-dasharray:none}
        .box.pred{stroke:var(--pred);stroke-width:2.4}
        .shot figcaption{font-weight:400;font-size:.8rem;line-height:1.35;margin-top:.3rem;color:var(--muted);\
        overflow-wrap:anywhere}
        .shot b{font-size:.95rem;color:var(--fg)}
        .shot .id{display:block;font:.72rem ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
        .shot .label{display:block;color:var(--fg)}
        .right{color:var(--good)}
        .wrong{color:var(--bad)}
        .keys{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem}
        svg.key{width:1.6rem;height:.95rem;vertical-align:-.12rem}
        svg.key.scale{width:3.3rem}
        @media (max-width:30rem){.gallery{grid-template-columns:repeat(2,1fr)}.facts{grid-template-columns:1fr}\
        th,td{padding:.25rem .35rem}.tall th span{display:block;max-width:9rem}.tall thead th{white-space:normal}\
        .tiles{grid-template-columns:1fr 1fr}.tiles b{font-size:1.6rem}.tiles div{padding:.55rem .7rem}h1{font-size:1.5rem}}

        """

    private static let paper = """
        @page{margin:14mm}
        @media print{:root{--bg:#fff;--fg:#000;--muted:#444;--line:#bbb;--soft:#f2f2f2;--ours:#0b5cad;--band:#0b5cad26;\
        --low:#8fb4d9;--square:#b35900;--whole:#555;--good:#0a6b34;--good-bg:#fff;--bad:#a8101c;--bad-bg:#fff;\
        --halo:#ffffffb3}
        *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
        body{font-size:10.5pt;max-width:none;padding:0}nav,.tools,.hint,.hint.on{display:none}
        .tall{max-height:none;overflow:visible;border:0}.tall thead th{position:static}th button::after{content:""}
        .scroll{overflow:visible}#class-table{font-size:6.6pt}#class-table td,#class-table th{padding:.06rem .18rem}#class-table th{white-space:normal}
        .charts{grid-template-columns:1fr 1fr}.gallery{grid-template-columns:repeat(6,1fr)}
        figure,tr,.tiles div,.verdict{break-inside:avoid}h2,h3,.rule,.keys{break-after:avoid}\
        h1{margin-top:0}.tiles{grid-template-columns:repeat(4,1fr)}.shot figcaption{font-size:7pt}.shot .id{font-size:6pt}\
        .tall{columns:2;column-gap:8mm}#class-table .plot{display:none}#class-table th span bdi{display:none}}
        """
}
