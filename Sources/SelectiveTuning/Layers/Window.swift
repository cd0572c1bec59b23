import Bytes

/// How a kernel slides over a map: what convolutions and poolings have in common.
public struct Window: Sendable, Hashable {
    public var kernel: Sides
    public var stride: Sides
    public var padding: Padding

    public init(kernel: Sides, stride: Sides = 1, padding: Padding = 0) {
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }

    /// The largest kernel, stride and padding that a description may ask for.
    static let largest = 64

    /// Windows along both axes. `ceilMode`: their number is rounded up; a window may hang over the edge but must start
    /// inside.
    func output(of input: Shape, ceilMode: Bool = false) throws(LayerMisfit) -> (height: Int, width: Int) {
        func count(_ n: Int, _ kernel: Int, _ stride: Int, _ before: Int, _ after: Int) -> Int {
            let room = n + before + after - kernel
            guard room >= 0 else { return 0 }
            guard ceilMode else { return room / stride + 1 }
            let windows = (room + stride - 1) / stride + 1
            return (windows - 1) * stride >= n + before ? windows - 1 : windows
        }
        let height = count(input.height, kernel.height, stride.height, padding.top, padding.bottom)
        let width = count(input.width, kernel.width, stride.width, padding.left, padding.right)
        guard height > 0, width > 0 else {
            throw LayerMisfit(
                "a \(kernel.height)x\(kernel.width) window with padding \(padding.text) does not fit its input \(input)"
            )
        }
        return (height, width)
    }

    func receptiveField(_ field: ReceptiveField, from input: Shape, to output: Shape) -> ReceptiveField {
        ReceptiveField(
            x: field.x.through(
                kernel: kernel.width, stride: stride.width, before: input.width, after: output.width,
                firstTap: padding.left == padding.right ? nil : -padding.left),
            y: field.y.through(
                kernel: kernel.height, stride: stride.height, before: input.height, after: output.height,
                firstTap: padding.top == padding.bottom ? nil : -padding.top))
    }
}

extension Window {
    /// `stride` nil: it must be there.
    init(fields: inout JSONFields, stride defaultStride: Sides? = nil) throws(JSONError) {
        kernel = try fields.sides("kernel", in: 1...Window.largest)
        if let defaultStride, fields.optional("stride") == nil {
            stride = defaultStride
        } else {
            stride = try fields.sides("stride", in: 1...Window.largest)
        }
        padding = try fields.optional("padding") == nil ? 0 : fields.padding("padding", in: 0...Window.largest)
    }

    var members: [(String, JSON)] {
        [("kernel", kernel.json), ("stride", stride.json), ("padding", padding.json)]
    }
}

extension Sides {
    /// One number where both are the same, else [rows, columns].
    var json: JSON { isSquare ? .int(height) : .array([.int(height), .int(width)]) }
}

extension Padding {
    /// One number where all are the same, [rows, columns] where opposite sides are, else [top, left, bottom, right].
    var json: JSON {
        guard isSymmetric else { return .array(sides.map(JSON.int)) }
        return Sides(height: top, width: left).json
    }

    /// For messages: as in a description.
    var text: String {
        guard isSymmetric else { return "\(sides)" }
        return top == left ? "\(top)" : "[\(top), \(left)]"
    }
}

extension JSONFields {
    /// A number, or two: [rows, columns].
    mutating func sides(_ name: String, in range: ClosedRange<Int>) throws(JSONError) -> Sides {
        let values = try numbers(name, in: range, counts: [2])
        return values.count == 1 ? Sides(values[0]) : Sides(height: values[0], width: values[1])
    }

    /// A number, two, [rows, columns], or four, [top, left, bottom, right].
    mutating func padding(_ name: String, in range: ClosedRange<Int>) throws(JSONError) -> Padding {
        let values = try numbers(name, in: range, counts: [2, 4])
        return switch values.count {
        case 1: Padding(values[0])
        case 2: Padding(top: values[0], left: values[1], bottom: values[0], right: values[1])
        default: Padding(top: values[0], left: values[1], bottom: values[2], right: values[3])
        }
    }

    private mutating func numbers(_ name: String, in range: ClosedRange<Int>, counts: [Int]) throws(JSONError) -> [Int]
    {
        guard case .array = optional(name) else { return [try int(name, in: range)] }
        let values = try ints(name)
        guard counts.contains(values.count) else {
            throw failure(
                name,
                "expected one number or \(counts.map(String.init).joined(separator: " or ")), found "
                    + "\(values.count) numbers")
        }
        for (place, value) in values.enumerated() where !range.contains(value) {
            throw failure(
                "\(name)[\(place)]", "expected \(range.lowerBound) to \(range.upperBound), found \(value)")
        }
        return values
    }
}
