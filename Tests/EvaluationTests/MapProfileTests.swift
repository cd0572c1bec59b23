import Bytes
import CKernels
import Evaluation
import SelectiveTuning
import Testing

/// What a profile says is what a plain reading of the map says, in one form of bounded length, and nothing else is taken.
struct MapProfileTests {
    private static let conventions: [IoUConvention] = [.stnet, .wsol, .exact]

    /// Maps of every kind: noise, hills, few levels, constants, not finite, negative, huge, of one pixel.
    private static func map(_ round: Int, _ size: Int, _ random: inout SplitMix64) -> [Float] {
        let count = size * size
        func noise(_ steps: Int) -> [Float] {
            (0..<count).map { _ in Float(Int.random(in: 0..<steps, using: &random)) }
        }
        switch round % 9 {
        case 0: return noise(1 << 20)
        case 1: return noise(3)
        case 2:
            let (x, y) = (Int.random(in: 0..<size, using: &random), Int.random(in: 0..<size, using: &random))
            return (0..<count).map { -Float(abs($0 % size - x) + 2 * abs($0 / size - y)) }
        case 3: return [Float](repeating: Float(round) - 30, count: count)
        case 4:
            var map = noise(9)
            map[Int.random(in: 0..<count, using: &random)] = [.nan, .infinity, -.infinity][round % 3]
            return map
        case 5: return noise(1000).map { ($0 - 500) * 1e35 }
        case 6:
            var map = [Float](repeating: 0, count: count)
            map[Int.random(in: 0..<count, using: &random)] = 1e-38
            return map
        case 7: return noise(7).map { 1e8 + $0 }
        // Rings: a box, and a hole in it, at every level.
        default:
            return (0..<count).map { place in
                let ring = min(min(place % size, size - 1 - place % size), min(place / size, size - 1 - place / size))
                return Float(ring % 2 == 0 ? ring : -ring)
            }
        }
    }

    private static func truth(_ size: Int, _ random: inout SplitMix64) -> [Box] {
        (0..<Int.random(in: 0...3, using: &random)).map { _ in random.box(in: size) }
    }

    @Test(arguments: [1, 2, 5, 32, 224])
    func itIsWhatAPlainReadingSays(size: Int) throws {
        var random = SplitMix64(seed: UInt64(size))
        let profilers = try Self.conventions.map { try #require(MapProfiler(inputSize: size, convention: $0)) }
        for round in 0..<(size > 100 ? 18 : 90) {
            let profiler = profilers[round % 3]
            let map = Self.map(round, size, &random)
            let truth = Self.truth(size, &random)
            let profile = profiler.profile(map, width: size, height: size, truth: truth)
            let bytes = profile.encoded
            #expect(bytes.count <= MapProfile.maxEncodedBytes)
            #expect(try MapProfile(bytes, inputSize: size) == profile)
            try profile.check(truth: truth, inputSize: size, convention: profiler.convention)
            try expectPlain(profile, map, size, truth, profiler.convention)
            // The same of the map between 0 and 1, as files hold it.
            let file = NormalisedMap.values(map)
            #expect(profiler.profile(file, width: size, height: size, truth: truth) == profile, "round \(round)")
            let isFinite = map.allSatisfy(\.isFinite)
            #expect(isFinite ? file.allSatisfy { (0...1).contains($0) } : file.allSatisfy(\.isNaN))
            if !profile.isBlank { #expect(file.min() == 0 && file.max() == 1) }
        }
    }

    /// By every contour's box at every level, without runs.
    private func expectPlain(
        _ profile: MapProfile, _ map: [Float], _ size: Int, _ truth: [Box], _ convention: IoUConvention
    ) throws {
        var levels = [UInt8](repeating: 0, count: map.count)
        var first: Int64 = 0
        let isBlank = ck_score_map_levels(map, Int64(map.count), &levels, &first) == 0
        #expect(profile.isBlank == isBlank)
        #expect(profile.maximum.map { Int($0.y) * size + Int($0.x) } == (first < 0 ? nil : Int(first)))
        let contours = try #require(ck_contours_create(Int32(size), Int32(size)))
        defer { ck_contours_destroy(contours) }
        ck_contours_find(contours, levels)
        var count: Int32 = 0
        let all = Array(UnsafeBufferPointer(start: ck_contours_boxes(contours, &count), count: Int(count)))
        func iou(_ box: PixelBox) -> Double { truth.map { convention.iou(box.box, $0) }.max() ?? 0 }
        for level in 0..<255 {
            let largest = ck_contours_largest(contours)[level]
            let box = PixelBox(largest.x0, largest.y0, largest.x1, largest.y1)
            #expect(profile.largest(at: level) == box)
            let others = all.filter { Int($0.first) <= level && level <= Int($0.last) }
            let best =
                (others.map { iou(PixelBox($0.x0, $0.y0, $0.x1, $0.y1)) } + (isBlank ? [iou(box)] : [])).max() ?? 0
            let choice = try #require(profile.best.last { Int($0.first) <= level }).choice
            switch choice {
            case .none: #expect(best < 0.25)
            case .largest: #expect(best == iou(box) && best >= 0.25)
            case .other(let other):
                #expect(best == iou(other) && best >= 0.25 && iou(box) < best)
                #expect(others.contains { PixelBox($0.x0, $0.y0, $0.x1, $0.y1) == other })
            }
        }
        var inside = 0
        for (place, level) in levels.enumerated() {
            let (x, y) = (Float(place % size), Float(place / size))
            let isInside = truth.contains { box in
                box.x1 > box.x0 && box.y1 > box.y0 && x >= box.x0 && x <= box.x1 && y >= box.y0 && y <= box.y1
            }
            if isInside { inside += Int(level) }
        }
        #expect(Int(profile.mass) == levels.reduce(0) { $0 + Int($1) } && Int(profile.massInside) == inside)
    }

    /// The longest there can be: a new box far away at each level, in both lists.
    @Test func itsLengthIsBounded() throws {
        let corners = (0..<255).map { level in
            level % 2 == 0 ? PixelBox(0, 0, 100, 100) : PixelBox(3000, 3000, 4095, 4095 - UInt16(level))
        }
        let profile = MapProfile(
            largest: corners.enumerated().map { .init(first: UInt8($0), box: $1) },
            best: corners.enumerated().map { level, box in
                .init(first: UInt8(level), choice: .other(PixelBox(box.x0, box.y0, box.x1 - 1, box.y1 - 1)))
            },
            maximum: .init(x: 4095, y: 4095), mass: .max, massInside: .max, isBlank: false)
        #expect(profile.encoded.count <= MapProfile.maxEncodedBytes && profile.encoded.count > 4500)
        #expect(throws: MapProfile.Malformed.self) {
            _ = try MapProfile(profile.encoded + [0], inputSize: 4096)
        }
        // All but the mass, which no map has, can be read back.
        var honest = profile
        (honest.mass, honest.massInside) = (300, 7)
        #expect(try MapProfile(honest.encoded, inputSize: 4096) == honest)
    }

    /// Altered bytes are refused, or are another profile in its one form; nothing traps.
    @Test func alteredBytesAreRefusedOrInTheirOneForm() throws {
        var random = SplitMix64(seed: 5)
        let profiler = try #require(MapProfiler(inputSize: 32, convention: .stnet))
        let samples = (0..<18).map { round in
            profiler.profile(
                Self.map(round, 32, &random), width: 32, height: 32, truth: [Box(3, 4, 20, 25), Box(1, 1, 5, 5)]
            ).encoded
        }
        var refused = 0
        let rounds = 40_000
        for round in 0..<rounds {
            var bytes = samples[round % samples.count]
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.removeLast(Int.random(in: 1...min(9, bytes.count), using: &random))
            case 1: bytes.append(UInt8.random(in: 0...255, using: &random))
            default: break
            }
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do {
                let read = try MapProfile(bytes, inputSize: 32)
                #expect(read.encoded == bytes)
                try? read.check(truth: [Box(3, 4, 20, 25)], inputSize: 32, convention: .stnet)
            } catch {
                #expect(!error.description.isEmpty)
                refused += 1
            }
        }
        #expect(refused > rounds / 4 && refused < rounds)
    }

    /// What cannot be of an image with these true boxes.
    @Test func whatItsBoxesContradictIsRefused() throws {
        let truth = [Box(8, 8, 20, 20)]
        let profiler = try #require(MapProfiler(inputSize: 32, convention: .stnet))
        var map = [Float](repeating: 0, count: 32 * 32)
        for y in 8..<20 { for x in 8..<20 { map[y * 32 + x] = 1 } }
        for y in 24..<28 { for x in 24..<31 { map[y * 32 + x] = 0.5 } }
        let honest = profiler.profile(map, width: 32, height: 32, truth: truth)
        #expect(honest.best == [.init(first: 0, choice: .largest)])
        // The example of FORMAT.md's results.
        #expect(
            honest.encoded == [
                2, 8, 0, 8, 0, 0x54, 0x9d, 0, 0, 0x70, 0x8f, 0, 0, 1, 0x0f, 16, 16, 40, 40, 1, 1,
            ])
        func problem(_ change: (inout MapProfile) -> Void) -> String? {
            var profile = honest
            change(&profile)
            do throws(MapProfile.Malformed) {
                let read = try MapProfile(profile.encoded, inputSize: 32)
                try read.check(truth: truth, inputSize: 32, convention: .stnet)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(problem { _ in } == nil)
        let cases: [(String, (inout MapProfile) -> Void)] = [
            ("another box fits best than its boxes give", { $0.best = [.init(first: 0, choice: .none)] }),
            ("another box fits best", { $0.best.append(.init(first: 90, choice: .none)) }),
            ("whose IoU is 0.0, below 0.25", { $0.best[0].choice = .other(PixelBox(24, 24, 31, 28)) }),
            // Not better than the largest contour's.
            ("another box fits best", { $0.best[0].choice = .other(PixelBox(8, 8, 20, 20)) }),
            ("another box fits best", { $0.largest = [.init(first: 0, box: PixelBox(24, 24, 31, 28))] }),
            (
                "expected x0 <= x1 and y0 <= y1 below 32",
                { $0.largest = [.init(first: 0, box: PixelBox(8, 8, 32, 20))] }
            ),
            ("expected x0 <= x1", { $0.largest = [.init(first: 0, box: PixelBox(9, 8, 8, 20))] }),
            ("the mass 254, expected 255...261120", { ($0.mass, $0.massInside) = (254, 0) }),
            ("has the mass 300000", { $0.mass = 300_000 }),
            ("in the true boxes, which have 169 pixels", { ($0.mass, $0.massInside) = (50_000, 43_096) }),
            ("has 99999 of the mass", { $0.massInside = 99_999 }),
            ("its maximum at (32, 3), outside of 32x32", { $0.maximum = .init(x: 32, y: 3) }),
            ("has no maximum", { $0.maximum = nil }),
            ("has boxes, but the map is said to be blank", { $0.isBlank = true }),
            ("has no box at level 0", { $0.best = [] }),
            ("from level 3 on, expected 0 first", { $0.best[0].first = 3 }),
        ]
        for (text, change) in cases {
            let found = problem(change)
            #expect(found?.contains(text) == true, "\(found ?? "taken"), expected \(text)")
        }
    }

    /// Smooth maps, as methods make them, need some hundred bytes.
    @Test func asARuleItHasLessThanAKilobyte() throws {
        var random = SplitMix64(seed: 8)
        let profiler = try #require(MapProfiler(inputSize: 224, convention: .stnet))
        var bytes = 0
        for _ in 0..<10 {
            let (x, y) = (Double.random(in: 40...180, using: &random), Double.random(in: 40...180, using: &random))
            let map = (0..<224 * 224).map { place in
                let (dx, dy) = (Double(place % 224) - x, Double(place / 224) - y)
                return Float(1 / (1 + (dx * dx / 900 + dy * dy / 400)))
            }
            bytes += profiler.profile(map, width: 224, height: 224, truth: [Box(30, 30, 150, 160)]).encoded.count
        }
        #expect((1000...10_000).contains(bytes), "\(bytes) of ten maps")
    }
}
