/// The annotation of a demo picture in the form of the ILSVRC devkit's PASCAL-VOC XML: tabs, a file name without
/// its extension, one `object` a box. `name` is the class's name.
struct DemoAnnotation {
    let id: String
    let width: Int
    let height: Int
    let className: String
    let boxes: [DemoBox]

    var xml: String {
        let objects = boxes.map { box in
            """
            \t<object>
            \t\t<name>\(className)</name>
            \t\t<pose>Unspecified</pose>
            \t\t<truncated>0</truncated>
            \t\t<difficult>0</difficult>
            \t\t<bndbox>
            \t\t\t<xmin>\(box.x0)</xmin>
            \t\t\t<ymin>\(box.y0)</ymin>
            \t\t\t<xmax>\(box.x1)</xmax>
            \t\t\t<ymax>\(box.y1)</ymax>
            \t\t</bndbox>
            \t</object>

            """
        }
        return """
            <annotation>
            \t<folder>demo</folder>
            \t<filename>\(id)</filename>
            \t<source>
            \t\t<database>stnet demo</database>
            \t</source>
            \t<size>
            \t\t<width>\(width)</width>
            \t\t<height>\(height)</height>
            \t\t<depth>3</depth>
            \t</size>
            \t<segmented>0</segmented>
            \(objects.joined())</annotation>

            """
    }
}
