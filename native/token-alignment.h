#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace iprm {

/// Where in `text` each of the pieces it was tokenised into begins, in bytes.
///
/// Most tokenizers give the text back byte for byte. Others put a space in front of it, write U+2581 for a
/// space, drop white space beside a special token, or know no token for a character; these are followed too,
/// so that the offsets of the tokens behind such a place are right.
std::vector<uint32_t> alignTokens(const std::string& text, const std::vector<std::string>& pieces);

} // namespace iprm
