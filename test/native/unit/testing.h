#pragma once

#include <functional>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// A test by its title. What it throws is why it failed.
using Tests = std::vector<std::pair<std::string, std::function<void()>>>;

inline void require(bool condition, const std::string& what) {
    if (!condition) throw std::runtime_error(what);
}

template <typename Left, typename Right>
void requireEqual(const Left& actual, const Right& expected, const std::string& what) {
    if (actual == expected) return;
    std::ostringstream message;
    message << what << " is " << actual << ", not " << expected;
    throw std::runtime_error(message.str());
}

/// Runs all tests and prints a line for each: `ok TITLE`, or `not ok TITLE: WHY`.
inline int runTests(const Tests& tests) {
    bool failed = false;
    for (const auto& [title, run] : tests) {
        try {
            run();
            std::cout << "ok " << title << "\n";
        } catch (const std::exception& error) {
            failed = true;
            std::cout << "not ok " << title << ": " << error.what() << "\n";
        }
    }
    return failed ? 1 : 0;
}
