/* bench/peer_xapian.cc - Xapian with its character n-grams on the benchmark's records.
 *
 *     peer_xapian build RECORDS.tsv DATABASE
 *     peer_xapian warm DATABASE QUERIES.tsv ROUNDS
 *     peer_xapian cold DATABASE WANT OP FIELD TEXT [FIELD TEXT...]
 *
 * Each field is indexed below its own prefix; a query without a field looks in all of them.
 * The record's line is the document's data, its key value 0. A line of QUERIES.tsv is WANT,
 * OP, then fields and texts (bench/queries.py). "warm" prints a line a query: the number of
 * records, then the microseconds of each round; "cold" prints the number. */
#include <xapian.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace
{

const char *const FIELDS[] = {"title", "section", "article", "date", "text"};
const char *const PREFIXES[] = {"XT", "XS", "XA", "XD", "XX"};
const size_t N_FIELDS = 5;

std::vector<std::string> split(const std::string &line)
{
    std::vector<std::string> cells;
    size_t start = 0, tab;
    while ((tab = line.find('\t', start)) != std::string::npos) {
        cells.push_back(line.substr(start, tab - start));
        start = tab + 1;
    }
    cells.push_back(line.substr(start));
    return cells;
}

std::string unescape(const std::string &cell)
{
    std::string out;
    for (size_t i = 0; i < cell.size(); i++) {
        char c = cell[i];
        if (c == '\\' && i + 1 < cell.size()) {
            c = cell[++i];
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
        out += c;
    }
    return out;
}

int build(const char *records, const char *database)
{
    Xapian::WritableDatabase db(database, Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_NO_SYNC);
    Xapian::TermGenerator generator;
    generator.set_flags(Xapian::TermGenerator::FLAG_CJK_NGRAM);
    std::ifstream file(records);
    std::string line;
    while (std::getline(file, line)) {
        std::vector<std::string> cells = split(line);
        Xapian::Document document;
        document.set_data(line);
        document.add_value(0, cells[1]);
        generator.set_document(document);
        generator.set_termpos(0);
        for (size_t f = 0; f < N_FIELDS; f++) {
            generator.index_text(unescape(cells[2 + f]), 1, PREFIXES[f]);
            generator.increase_termpos();
        }
        db.add_document(document);
    }
    db.commit();
    return file.eof() ? 0 : 2;
}

Xapian::Query part(Xapian::QueryParser &parser, const std::string &op, const std::string &field,
                   const std::string &text)
{
    unsigned flags = Xapian::QueryParser::FLAG_CJK_NGRAM | Xapian::QueryParser::FLAG_PHRASE |
                     Xapian::QueryParser::FLAG_WILDCARD;
    std::string written = op == "prefix" ? text + "*" : '"' + text + '"';
    std::vector<Xapian::Query> any;
    for (size_t f = 0; f < N_FIELDS; f++)
        if (field.empty() || field == FIELDS[f])
            any.push_back(parser.parse_query(written, flags, PREFIXES[f]));
    return Xapian::Query(Xapian::Query::OP_OR, any.begin(), any.end());
}

long answer(Xapian::Database &db, Xapian::QueryParser &parser,
            const std::vector<std::string> &cells)
{
    std::vector<Xapian::Query> parts;
    for (size_t i = 2; i + 1 < cells.size(); i += 2)
        parts.push_back(part(parser, cells[1], cells[i], unescape(cells[i + 1])));
    Xapian::Query query(cells[1] == "and" ? Xapian::Query::OP_AND : Xapian::Query::OP_OR,
                        parts.begin(), parts.end());
    Xapian::Enquire enquire(db);
    enquire.set_query(query);
    bool ranked = cells[0] == "top10";
    if (!ranked) {
        enquire.set_weighting_scheme(Xapian::BoolWeight());
        enquire.set_docid_order(Xapian::Enquire::ASCENDING);
    }
    Xapian::MSet found = enquire.get_mset(0, ranked ? 10 : db.get_doccount());
    if (cells[0] != "count")
        for (Xapian::MSetIterator hit = found.begin(); hit != found.end(); ++hit)
            if (hit.get_document().get_value(0).empty())
                return -1;
    return static_cast<long>(found.size());
}

int warm(Xapian::Database &db, Xapian::QueryParser &parser, const char *queries, int rounds)
{
    std::ifstream file(queries);
    std::vector<std::vector<std::string>> list;
    std::string line;
    while (std::getline(file, line))
        list.push_back(split(line));
    std::vector<long> counts(list.size());
    std::vector<std::vector<double>> micros(list.size());
    for (int round = 0; round < rounds; round++) {
        for (size_t i = 0; i < list.size(); i++) {
            auto start = std::chrono::steady_clock::now();
            counts[i] = answer(db, parser, list[i]);
            auto took = std::chrono::steady_clock::now() - start;
            micros[i].push_back(std::chrono::duration<double, std::micro>(took).count());
        }
    }
    for (size_t i = 0; i < list.size(); i++) {
        std::printf("%ld", counts[i]);
        for (double us : micros[i])
            std::printf("\t%.1f", us);
        std::putchar('\n');
    }
    return 0;
}

int run(int argc, char **argv)
{
    std::string mode = argc > 1 ? argv[1] : "";
    if (mode == "build" && argc == 4)
        return build(argv[2], argv[3]);
    if ((mode == "warm" && argc == 5) || (mode == "cold" && argc > 6)) {
        Xapian::Database db(argv[2]);
        Xapian::QueryParser parser;
        parser.set_database(db);
        if (mode == "warm")
            return warm(db, parser, argv[3], std::atoi(argv[4]));
        std::printf("%ld\n", answer(db, parser, std::vector<std::string>(argv + 3, argv + argc)));
        return 0;
    }
    std::fputs("usage: peer_xapian build RECORDS.tsv DATABASE | warm DATABASE QUERIES.tsv ROUNDS |"
               " cold DATABASE WANT OP FIELD TEXT...\n",
               stderr);
    return 2;
}

} // namespace

int main(int argc, char **argv)
{
    try {
        return run(argc, argv);
    } catch (const Xapian::Error &error) {
        std::cerr << "peer_xapian: " << error.get_description() << '\n';
        return 2;
    }
}
