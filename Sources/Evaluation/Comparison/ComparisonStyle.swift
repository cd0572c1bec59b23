/// What a page of several runs has beside the style of a report: a line for each run, told apart by colour, lightness and dashes
/// (Okabe and Ito's palette, darker or lighter where the ground asks for it).
enum ComparisonStyle {
    private static let count = 10

    /// The class of a run's line. Beyond ten runs the colours come again, in other dashes.
    static func line(_ place: Int) -> Markup {
        "line s\(place % count) d\((place + place / count) % 3)"
    }

    /// The same of its box.
    static func box(_ place: Int) -> Markup { "box run s\(place % count) d\((place + place / count) % 3)" }

    static let sheet = """
        .s0{--c:#0b5cad}.s1{--c:#b84a00}.s2{--c:#00735a}.s3{--c:#a03a86}.s4{--c:#1a1f26}.s5{--c:#806400}.s6{--c:#6f8f00}\
        .s7{--c:#b3101c}.s8{--c:#6b4a2b}.s9{--c:#56606b}
        @media (prefers-color-scheme:dark){.s0{--c:#6db3ff}.s1{--c:#ff9d5c}.s2{--c:#4fd1a5}.s3{--c:#ef9fd9}.s4{--c:#f2f5f8}\
        .s5{--c:#e0c050}.s6{--c:#c3e04f}.s7{--c:#ff7b7b}.s8{--c:#d0a988}.s9{--c:#a3adb8}}
        path.whole,path.square{stroke:var(--whole)}
        path.square{stroke-dasharray:11 3 2 3}
        .line{fill:none;stroke:var(--c);stroke-width:2.2}
        .box.truth.match{stroke:#0be04b;stroke-width:3.4}
        .box.run{stroke:var(--c);stroke-width:2.2}
        .d1{stroke-dasharray:7 3}.d2{stroke-dasharray:2.5 2.5}
        .legend{list-style:none;margin:.3rem 0;padding:0;font-size:.9rem}
        .legend li{overflow-wrap:anywhere;padding:.06rem 0}
        .legend svg.key,.runs svg.key{margin-right:.35rem}
        .legend .number{font-weight:600}
        .shot .legend{font-size:.78rem;color:var(--fg)}
        .gallery.disputed{grid-template-columns:repeat(auto-fill,minmax(min(100%,15rem),1fr))}
        .runs th[scope=row]{min-width:9rem;overflow-wrap:anywhere}
        .runs thead .run{min-width:6.5rem;max-width:9rem;white-space:normal;overflow-wrap:anywhere}

        """
}
