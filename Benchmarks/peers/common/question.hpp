#pragma once
#include <sstream>
#include <string>

// One line of input: "attention gradient 16 32 float 50" asks for 50 ms of timing. The same in every language.
struct Question {
    std::string model, evaluation, precision;
    int d = 0, n = 0;
    double milliseconds = 0;

    static Question parse(const std::string& line) {
        Question q;
        std::istringstream(line) >> q.model >> q.evaluation >> q.d >> q.n >> q.precision >> q.milliseconds;
        return q;
    }

    std::string name() const {
        return model + "-" + evaluation + "-" + std::to_string(d) + "-" + std::to_string(n);
    }

    int count() const { return evaluation == "batch" ? 1024 : 1; }

    // Rows of B times columns of B: n×n, or n×d for the output model.
    long observed() const { return long(n) * (model == "output" ? d : n); }
};
