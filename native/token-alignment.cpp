#include "token-alignment.h"

#include <cstring>

namespace iprm {

namespace {

const std::string visibleSpace = "\xE2\x96\x81";

/// How many bytes of text at `at` the piece stands for, -1 if it cannot begin there.
long matchLength(const std::string& text, size_t at, const std::string& piece) {
    const size_t begin = at;
    for (const char byte : piece) {
        if (at < text.size() && text[at] == byte) {
            ++at;
        } else if (byte == ' ' && text.compare(at, visibleSpace.size(), visibleSpace) == 0) {
            at += visibleSpace.size();
        } else {
            return -1;
        }
    }
    return static_cast<long>(at - begin);
}

bool isSpace(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

size_t nextCharacter(const std::string& text, size_t at) {
    do ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
    return at;
}

struct Match {
    size_t begin, end;
};

/// Where the piece lies if it begins at `at`; the space that a tokenizer puts in front of a text is no part
/// of it.
bool matchAt(const std::string& text, size_t at, const std::string& piece, Match& match) {
    long length = matchLength(text, at, piece);
    if (length < 0 && !piece.empty() && piece[0] == ' ') length = matchLength(text, at, piece.substr(1));
    if (length < 0) return false;
    match = {at, at + static_cast<size_t>(length)};
    return true;
}

Match matchFrom(const std::string& text, size_t at, const std::string& piece) {
    Match match{};
    if (matchAt(text, at, piece, match)) return match;
    size_t skipped = at;
    while (skipped < text.size() && isSpace(text[skipped])) ++skipped;
    if (matchAt(text, skipped, piece, match)) return match;
    // A tokenizer without a token for some byte drops it: look a little further.
    constexpr size_t furthest = 16;
    for (skipped = at + 1; skipped <= at + furthest && skipped < text.size(); ++skipped) {
        if (matchAt(text, skipped, piece, match)) return match;
    }
    // An unknown token, or one of normalised text: it stands for one character.
    return {at, at < text.size() ? nextCharacter(text, at) : at};
}

} // namespace

std::vector<uint32_t> alignTokens(const std::string& text, const std::vector<std::string>& pieces) {
    std::vector<uint32_t> starts;
    starts.reserve(pieces.size());
    size_t at = 0;
    for (const auto& piece : pieces) {
        const Match match = matchFrom(text, at, piece);
        starts.push_back(static_cast<uint32_t>(match.begin));
        at = match.end;
    }
    return starts;
}

} // namespace iprm
