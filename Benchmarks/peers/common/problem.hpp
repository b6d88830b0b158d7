#pragma once
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "question.hpp"

// A problem and its expected answer, all doubles and row-major, in the order of the file that ./reference writes. A batch shares W and V.
struct Problem {
    std::vector<double> W, V, X, U, B, loss, result;

    explicit Problem(const Question& q) {
        const long weights = long(q.d) * q.d, states = long(q.d) * q.n * q.count();
        W.resize(weights), V.resize(weights), X.resize(states), U.resize(states);
        B.resize(q.observed() * q.count()), loss.resize(q.count()), result.resize(states);
    }

    static Problem load(const Question& q, const std::string& folder) {
        Problem p(q);
        p.transfer(folder + "/" + q.name(), "rb", [](double* to, size_t n, FILE* f) { return fread(to, 8, n, f); });
        return p;
    }

    void save(const std::string& path) {
        transfer(path, "wb", [](double* from, size_t n, FILE* f) { return fwrite(from, 8, n, f); });
    }

private:
    template <class Move>
    void transfer(const std::string& path, const char* mode, Move move) {
        FILE* file = fopen(path.c_str(), mode);
        if (!file) throw std::runtime_error("cannot open " + path);
        bool whole = true;
        for (auto* part : {&W, &V, &X, &U, &B, &loss, &result}) whole &= move(part->data(), part->size(), file) == part->size();
        if (fclose(file) || !whole) throw std::runtime_error("cut short: " + path);
    }
};
