// Writes a problem and its expected answer: plain loops in double precision, derivatives along a direction by dual numbers. It shares nothing
// with any peer. docs/derivation.md (1)-(11).
#include <cmath>
#include <cstdint>
#include <iostream>

#include "common/problem.hpp"

namespace {

struct Dual {
    double value = 0, slope = 0;
    Dual(double v = 0, double s = 0) : value(v), slope(s) {}
    Dual& operator+=(Dual o) { return value += o.value, slope += o.slope, *this; }
};
Dual operator-(Dual a, Dual b) { return {a.value - b.value, a.slope - b.slope}; }
Dual operator*(Dual a, Dual b) { return {a.value * b.value, a.slope * b.value + a.value * b.slope}; }
Dual operator/(Dual a, Dual b) { return {a.value / b.value, (a.slope - a.value / b.value * b.slope) / b.value}; }
Dual exp(Dual a) { return {std::exp(a.value), std::exp(a.value) * a.slope}; }

template <class T>
struct Matrix {
    int rows, columns;
    std::vector<T> entries;
    Matrix(int r, int c) : rows(r), columns(c), entries(size_t(r) * c) {}
    template <class S>
    Matrix(int r, int c, const S* from) : rows(r), columns(c), entries(from, from + size_t(r) * c) {}
    T& operator()(int i, int j) { return entries[size_t(i) * columns + j]; }
    const T& operator()(int i, int j) const { return entries[size_t(i) * columns + j]; }
};

template <class T>
Matrix<T> transpose(const Matrix<T>& a) {
    Matrix<T> t(a.columns, a.rows);
    for (int i = 0; i < a.rows; i++)
        for (int j = 0; j < a.columns; j++) t(j, i) = a(i, j);
    return t;
}

template <class T>
Matrix<T> operator*(const Matrix<T>& a, const Matrix<T>& b) {
    Matrix<T> c(a.rows, b.columns);
    for (int i = 0; i < a.rows; i++)
        for (int k = 0; k < a.columns; k++)
            for (int j = 0; j < b.columns; j++) c(i, j) += a(i, k) * b(k, j);
    return c;
}

template <class T>
Matrix<T> operator+(Matrix<T> a, const Matrix<T>& b) {
    for (size_t i = 0; i < a.entries.size(); i++) a.entries[i] += b.entries[i];
    return a;
}

template <class T>
Matrix<T> softmax(Matrix<T> s) {
    using std::exp;
    for (int i = 0; i < s.rows; i++) {
        T sum = 0;
        for (int j = 0; j < s.columns; j++) sum += s(i, j) = exp(s(i, j));
        for (int j = 0; j < s.columns; j++) s(i, j) = s(i, j) / sum;
    }
    return s;
}

template <class T>
Matrix<T> centred(Matrix<T> z) {
    for (int i = 0; i < z.rows; i++) {
        T sum = 0;
        for (int j = 0; j < z.columns; j++) sum += z(i, j);
        for (int j = 0; j < z.columns; j++) z(i, j) = z(i, j) - sum / T(z.columns);
    }
    return z;
}

// The residual Z(X), and its adjoint at X applied to a matrix of its shape.
template <class T>
struct Model {
    std::string name;
    Matrix<T> W, V, X, B;

    Matrix<T> scores() const { return transpose(X) * (W * X); }

    Matrix<T> observed() const {
        if (name == "attention") return softmax(scores());
        if (name == "output") return softmax(scores()) * (transpose(X) * V);
        return scores();
    }

    Matrix<T> residual() const {
        auto z = observed();
        for (size_t i = 0; i < z.entries.size(); i++) z.entries[i] = z.entries[i] - B.entries[i];
        return name == "log-attention" ? centred(z) : z;
    }

    Matrix<T> adjoint(const Matrix<T>& z) const {
        auto direct = Matrix<T>(X.rows, X.columns);
        auto dS = name == "log-attention" ? centred(z) : z;
        if (name == "attention" || name == "output") {
            const auto P = softmax(scores());
            if (name == "output") dS = z * transpose(transpose(X) * V), direct = V * (transpose(z) * P);
            for (int i = 0; i < dS.rows; i++) {
                T inner = 0;
                for (int j = 0; j < dS.columns; j++) inner += P(i, j) * dS(i, j);
                for (int j = 0; j < dS.columns; j++) dS(i, j) = P(i, j) * (dS(i, j) - inner);
            }
        }
        return transpose(W) * X * dS + W * X * transpose(dS) + direct;
    }
};

double uniform() {
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return double(int64_t(state) >> 11) / (1L << 52);
}

void fill(std::vector<double>& values, double scale) {
    for (auto& v : values) v = scale * uniform();
}

template <class T>
Model<T> model(const Question& q, const Problem& p, int at) {
    const size_t states = size_t(q.d) * q.n * at;
    const int columns = q.model == "output" ? q.d : q.n;
    return {q.model,
            {q.d, q.d, p.W.data()},
            {q.d, q.d, p.V.data()},
            {q.d, q.n, p.X.data() + states},
            {q.n, columns, p.B.data() + q.observed() * at}};
}

// What is observed comes from other states than X, so that no residual vanishes. Logarithms of a map are scores less their log-sum-exp.
void observe(const Question& q, Problem& p, int at) {
    auto truth = model<double>(q, p, at);
    for (auto& x : truth.X.entries) x += 0.5 * uniform();
    const auto seen = truth.observed();
    for (int i = 0; i < seen.rows; i++) {
        double sum = 0;
        for (int j = 0; j < seen.columns; j++) sum += std::exp(seen(i, j));
        for (int j = 0; j < seen.columns; j++)
            p.B[q.observed() * at + size_t(i) * seen.columns + j] = seen(i, j) - (q.model == "log-attention" ? std::log(sum) : 0);
    }
}

void solve(const Question& q, Problem& p, int at) {
    observe(q, p, at);
    const size_t states = size_t(q.d) * q.n * at;
    auto point = model<double>(q, p, at);
    const auto Z = point.residual();
    for (double z : Z.entries) p.loss[at] += 0.5 * z * z;
    double* result = p.result.data() + states;
    auto dual = model<Dual>(q, p, at);
    for (size_t i = 0; i < dual.X.entries.size(); i++) dual.X.entries[i].slope = p.U[states + i];
    if (q.evaluation == "hessian") {
        for (auto& g : dual.adjoint(dual.residual()).entries) *result++ = g.slope;
        return;
    }
    auto outer = Z;
    if (q.evaluation == "gauss-newton") {
        const auto along = dual.residual();
        for (size_t i = 0; i < outer.entries.size(); i++) outer.entries[i] = along.entries[i].slope;
    }
    for (double g : point.adjoint(outer).entries) *result++ = g;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) return fprintf(stderr, "usage: %s PROBLEMS <QUESTIONS\n", arguments[0]), 2;
    for (std::string line; std::getline(std::cin, line);) {
        const Question q = Question::parse(line);
        const std::string path = std::string(arguments[1]) + "/" + q.name();
        Problem p(q);
        fill(p.W, 3.0 / q.d), fill(p.V, 1.7 / std::sqrt(q.d)), fill(p.X, 1), fill(p.U, 1);
        for (int at = 0; at < q.count(); at++) solve(q, p, at);
        p.save(path + ".part");
        rename((path + ".part").c_str(), path.c_str());
        std::cout << q.name() << std::endl;
    }
}
