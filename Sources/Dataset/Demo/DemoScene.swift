/// The plan of one demo picture: its size, its class and its objects. The pixels follow from it.
public struct DemoScene: Sendable {
    /// Sides in pixels: 200 to 500, up to 3 : 2, in both orientations.
    public let width: Int
    public let height: Int
    /// Index of the class in `DemoPictures.classNames`. All objects of a picture are of this class.
    public let label: Int
    let objects: [DemoObject]
    private let backgroundRandom: DemoRandom

    /// Picture `index` (from 0) of the sequence that `seed` names. It does not depend on the sequence's length.
    public init(index: Int, seed: UInt64) {
        precondition(index >= 0, "a demo picture's index is not negative")
        // Each run of ten pictures holds every class once.
        let classCount = DemoPattern.allCases.count
        var order = DemoRandom(seed: seed, index: index / classCount, stream: 1)
        label = order.shuffled(Array(0..<classCount))[index % classCount]

        var random = DemoRandom(seed: seed, index: index, stream: 2)
        let short = random.integer(200...360)
        let long = min(500, short * random.integer(100...150) / 100)
        let landscape = random.percent(60)
        width = landscape ? long : short
        height = landscape ? short : long
        let wanted = random.percent(84) ? 1 : random.integer(2...3)
        objects = DemoScene.place(
            wanted, pattern: DemoPattern.allCases[label], width: width, height: height, random: &random)
        backgroundRandom = DemoRandom(seed: seed, index: index, stream: 3)
    }

    /// The tight box of each object: 0-based, inclusive, in pixels of this picture.
    public var boxes: [DemoBox] { objects.map(\.box) }

    /// The picture, [height, width, 3], 8-bit RGB.
    public func render() -> RGBImage {
        render(withObjects: true)
    }

    /// The same picture, or what it would be with the objects taken away.
    package func render(withObjects: Bool) -> RGBImage {
        var background = DemoBackground(random: backgroundRandom, width: width, height: height)
        var canvas = background.render()
        for object in withObjects ? objects : [] {
            for y in object.y..<object.y + object.height {
                for x in object.x..<object.x + object.width where object.contains(x, y) {
                    canvas[y * width + x] = object.color(x, y)
                }
            }
        }
        return grained(canvas, random: &background.random)
    }

    /// Adds the grain of a camera and clamps to 8 bits.
    private func grained(_ canvas: [DemoColor], random: inout DemoRandom) -> RGBImage {
        let grain = random.integer(0...10)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(canvas.count * 3)
        for color in canvas {
            // One draw serves three channels: 20 bits each.
            let bits = random.next()
            for (channel, value) in [color.red, color.green, color.blue].enumerated() {
                let part = Int((bits >> (20 * UInt64(channel))) & 0xF_FFFF)
                let noise = (part * (2 * grain + 1)) >> 20
                pixels.append(UInt8(min(255, max(0, value + noise - grain))))
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }
}

extension DemoScene {
    /// Draws objects that do not overlap; a place that cannot be found after some trials is left out (never the first).
    private static func place(
        _ count: Int, pattern: DemoPattern, width: Int, height: Int, random: inout DemoRandom
    ) -> [DemoObject] {
        var objects: [DemoObject] = []
        for _ in 0..<40 where objects.count < count {
            let object = draw(pattern, alone: count == 1, width: width, height: height, random: &random)
            let gap = 6
            let free = objects.allSatisfy {
                object.x > $0.x + $0.width + gap || $0.x > object.x + object.width + gap
                    || object.y > $0.y + $0.height + gap || $0.y > object.y + object.height + gap
            }
            if free { objects.append(object) }
        }
        return objects
    }

    private static func draw(
        _ pattern: DemoPattern, alone: Bool, width: Int, height: Int, random: inout DemoRandom
    ) -> DemoObject {
        let short = min(width, height)
        let side = short * random.integer(alone ? 30...72 : 25...45) / 100
        // The frame's sides stand up to 3 : 2 to each other, about the drawn side.
        let stretch = random.integer(100...150)
        let longer = min(short * 3 / 4, side * (100 + (stretch - 100) / 2) / 100)
        let shorter = longer * 100 / stretch
        let wide = random.percent(50)
        let frameWidth = wide ? longer : shorter
        let frameHeight = wide ? shorter : longer
        let (ink, ground) = DemoColor.pair(contrast: 90, &random)
        let rotation = random.element(DemoRotation.slight)
        let period = min(short * random.integer(95...145) * 16 / 1000, shorter * 32 / 5)
        return DemoObject(
            x: origin(frameWidth, along: width, short: short, random: &random),
            y: origin(frameHeight, along: height, short: short, random: &random),
            width: frameWidth, height: frameHeight, outline: random.element(DemoOutline.allCases), pattern: pattern,
            period: period, rotation: random.percent(50) ? rotation : rotation.quarterTurned,
            phaseU: random.integer(0...1023), phaseV: random.integer(0...1023), ink: ink, ground: ground,
            light: (
                random.integer(75...100), random.integer(75...100), random.integer(75...100), random.integer(75...100)
            ))
    }

    /// A uniform place inside the picture that leaves at most a tenth of the object outside the centred square.
    private static func origin(_ length: Int, along side: Int, short: Int, random: inout DemoRandom) -> Int {
        let margin = (side - short) / 2
        let first = max(0, margin - length / 10)
        let last = min(side - length, margin + short - length + length / 10)
        return random.integer(first...max(first, last))
    }
}
