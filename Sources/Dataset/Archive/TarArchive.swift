import Bytes
import Foundation

/// A tar archive that is read where it lies, such as `ILSVRC2012_img_val.tar`: where each image's bytes are.
package struct TarArchive {
    let path: String
    private let cache: TarIndexCache?

    /// - Parameter cache: where what was found is kept for the next time; nil for nowhere.
    package init(path: String, cache: TarIndexCache? = .standard) {
        self.path = path
        self.cache = cache
    }

    /// Long names and attributes beyond this are damage.
    private static let largestText: UInt64 = 1 << 20

    /// The images' places by stem.
    package func images() throws(DatasetError) -> [String: ImageLocation] {
        let members = try members()
        var images: [String: ImageLocation] = [:]
        var names: [String: String] = [:]
        for member in members {
            let id = FileTree.stem(member.name)
            if let first = names.updateValue(member.name, forKey: id) {
                throw .duplicate(id: id, first: "\(path): \(first)", second: "\(path): \(member.name)")
            }
            images[id] = ImageLocation(path: path, part: member.bytes)
        }
        return images
    }

    struct Member: Hashable {
        var name: String
        var bytes: Range<UInt64>
    }

    private func members() throws(DatasetError) -> [Member] {
        let file: FilePieces
        do throws(FileError) { file = try FilePieces(path: path) } catch { throw .file(error) }
        if let known = cache?.members(of: path) { return known }
        let found = try read(file)
        cache?.keep(found, of: path)
        return found
    }

    /// Reads every header; jumps over the contents.
    private func read(_ file: FilePieces) throws(DatasetError) -> [Member] {
        var members: [Member] = []
        var offset: UInt64 = 0
        var longName: String?
        var attributes: TarAttributes?
        while true {
            guard let block = file.read(at: offset, count: TarHeader.blockBytes) else {
                throw .archive(path: path, offset: offset, problem: "it cannot be read")
            }
            guard block.count == TarHeader.blockBytes else {
                throw .archive(
                    path: path, offset: offset,
                    problem: "the file ends here, without the block of zeros that ends an archive: was it cut off?")
            }
            if block.allSatisfy({ $0 == 0 }) { return members }
            do throws(TarHeader.Problem) {
                let header = try TarHeader(block[...])
                let size = attributes?.size ?? header.size
                let start = offset + UInt64(TarHeader.blockBytes)
                guard size <= file.size - min(file.size, start) else {
                    throw TarHeader.Problem(
                        text: "an entry of \(size) bytes, but only \(file.size - min(file.size, start)) follow")
                }
                switch header.kind {
                case .longName:
                    longName = String(decoding: try text(file, start, size).prefix { $0 != 0 }, as: UTF8.self)
                case .attributes: attributes = try TarAttributes(try text(file, start, size))
                case .file, .other:
                    let name = attributes?.path ?? longName ?? header.name
                    if case .file = header.kind, TarArchive.isImage(name) {
                        members.append(Member(name: name, bytes: start..<(start + size)))
                    }
                    (longName, attributes) = (nil, nil)
                }
                let block = UInt64(TarHeader.blockBytes)
                offset = start + (size + block - 1) / block * block
            } catch {
                throw .archive(path: path, offset: offset, problem: error.text)
            }
        }
    }

    private func text(_ file: FilePieces, _ start: UInt64, _ size: UInt64) throws(TarHeader.Problem) -> [UInt8] {
        guard size <= TarArchive.largestText, let bytes = file.read(at: start, count: Int(size)) else {
            throw TarHeader.Problem(text: "a name or attributes of \(size) bytes")
        }
        return bytes
    }

    /// As in a tree of files: an image's extension, no hidden file.
    private static func isImage(_ name: String) -> Bool {
        let last = name[(name.lastIndex(of: "/").map(name.index(after:)) ?? name.startIndex)...]
        guard !last.hasPrefix("."), let dot = last.lastIndex(of: ".") else { return false }
        return ImageDirectory.extensions.contains(last[last.index(after: dot)...].lowercased())
    }
}
