/// The instructions of Python's pickle, protocols 0 to 5, under their standard names (CPython, Lib/pickletools.py).
///
/// All of them build data: those that would call something leave an opaque value.
enum PickleOpcode: UInt8 {
    case PROTO = 0x80
    case FRAME = 0x95
    case STOP = 0x2e
    case MARK = 0x28
    case NONE = 0x4e
    case NEWTRUE = 0x88
    case NEWFALSE = 0x89
    case BININT = 0x4a
    case BININT1 = 0x4b
    case BININT2 = 0x4d
    case LONG1 = 0x8a
    case BINFLOAT = 0x47
    case BINUNICODE = 0x58
    case SHORT_BINUNICODE = 0x8c
    case BINUNICODE8 = 0x8d
    case BINSTRING = 0x54
    case SHORT_BINSTRING = 0x55
    case BINBYTES = 0x42
    case SHORT_BINBYTES = 0x43
    case BINBYTES8 = 0x8e
    case EMPTY_TUPLE = 0x29
    case TUPLE = 0x74
    case TUPLE1 = 0x85
    case TUPLE2 = 0x86
    case TUPLE3 = 0x87
    case EMPTY_LIST = 0x5d
    case APPEND = 0x61
    case APPENDS = 0x65
    case EMPTY_DICT = 0x7d
    case SETITEM = 0x73
    case SETITEMS = 0x75
    case BINPUT = 0x71
    case LONG_BINPUT = 0x72
    case MEMOIZE = 0x94
    case BINGET = 0x68
    case LONG_BINGET = 0x6a
    case BINPERSID = 0x51
    // They name something, or call it.
    case GLOBAL = 0x63
    case STACK_GLOBAL = 0x93
    case REDUCE = 0x52
    case NEWOBJ = 0x81
    case BUILD = 0x62
    case INST = 0x69
    case OBJ = 0x6f
    case NEWOBJ_EX = 0x92
    case EXT1 = 0x82
    case EXT2 = 0x83
    case EXT4 = 0x84
    case PERSID = 0x50
    // Other forms of plain data: of protocols 0 and 1, of sets, of large values.
    case POP = 0x30
    case POP_MARK = 0x31
    case DUP = 0x32
    case INT = 0x49
    case LONG = 0x4c
    case LONG4 = 0x8b
    case FLOAT = 0x46
    case STRING = 0x53
    case UNICODE = 0x56
    case LIST = 0x6c
    case DICT = 0x64
    case GET = 0x67
    case PUT = 0x70
    case EMPTY_SET = 0x8f
    case ADDITEMS = 0x90
    case FROZENSET = 0x91
    case BYTEARRAY8 = 0x96
    // Refused: what they name lies outside of the file.
    case NEXT_BUFFER = 0x97
    case READONLY_BUFFER = 0x98
}
