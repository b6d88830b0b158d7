#pragma once
#include <map>
#include <utility>

#include "common/peer.hpp"

// Every size is a translation unit of its own, which enters itself here: together they would take the compiler minutes and gigabytes.
inline std::map<std::pair<int, int>, Variants>& fixed_sizes() {
    static std::map<std::pair<int, int>, Variants> sizes;
    return sizes;
}
