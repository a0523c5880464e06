// bench/PeerLucene.java - Lucene 8 with its CJK analyzer (character bigrams) on the
// benchmark's records.
//
//     PeerLucene build RECORDS.tsv INDEX
//     PeerLucene warm INDEX QUERIES.tsv ROUNDS
//     PeerLucene cold INDEX WANT OP FIELD TEXT [FIELD TEXT...]
//
// All fields are stored, as suoyin's are. The index is merged to one segment. A line of
// QUERIES.tsv is WANT, OP, then fields and texts (bench/queries.py). "warm" prints a line a
// query: the number of records, then the microseconds of each round, after two rounds
// that are for the compiler; "cold" prints the number.
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.QueryBuilder;

public final class PeerLucene {
    private static final String[] FIELDS = {"title", "section", "article", "date", "text"};
    private static final int COMPILER_ROUNDS = 2;
    private static final int BATCH = 256;
    private static final List<String> END = new ArrayList<>();

    private static Analyzer analyzer() {
        return new CJKAnalyzer(CharArraySet.EMPTY_SET); // no stop words: every text counts
    }

    static String unescape(String cell) {
        if (cell.indexOf('\\') < 0) {
            return cell;
        }
        StringBuilder out = new StringBuilder(cell.length());
        for (int i = 0; i < cell.length(); i++) {
            char c = cell.charAt(i);
            if (c == '\\' && i + 1 < cell.length()) {
                c = cell.charAt(++i);
                c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
            }
            out.append(c);
        }
        return out.toString();
    }

    private static Document document(String line) {
        String[] cells = line.split("\t", -1);
        Document document = new Document();
        document.add(new StoredField("key", cells[1]));
        document.add(new BinaryDocValuesField("key", new BytesRef(cells[1])));
        for (int f = 0; f < FIELDS.length; f++) {
            if (!cells[2 + f].isEmpty()) {
                document.add(new TextField(FIELDS[f], unescape(cells[2 + f]), Field.Store.YES));
            }
        }
        return document;
    }

    private static void build(String records, String index) throws Exception {
        IndexWriterConfig config = new IndexWriterConfig(analyzer()).setRAMBufferSizeMB(128);
        ArrayBlockingQueue<List<String>> queue = new ArrayBlockingQueue<>(16);
        try (IndexWriter writer = new IndexWriter(FSDirectory.open(Paths.get(index)), config);
                BufferedReader reader = Files.newBufferedReader(Paths.get(records), StandardCharsets.UTF_8)) {
            Thread[] threads = new Thread[Runtime.getRuntime().availableProcessors()];
            for (int t = 0; t < threads.length; t++) {
                threads[t] = new Thread(() -> {
                    try {
                        for (List<String> lines = queue.take(); lines != END; lines = queue.take()) {
                            for (String line : lines) {
                                writer.addDocument(document(line));
                            }
                        }
                    } catch (IOException | InterruptedException e) {
                        e.printStackTrace();
                        System.exit(2);
                    }
                });
                threads[t].start();
            }
            List<String> lines = new ArrayList<>(BATCH);
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
                if (lines.size() == BATCH) {
                    queue.put(lines);
                    lines = new ArrayList<>(BATCH);
                }
            }
            queue.put(lines);
            for (int t = 0; t < threads.length; t++) {
                queue.put(END);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            writer.forceMerge(1);
        }
    }

    private static Query part(QueryBuilder builder, String op, String field, String text) {
        BooleanQuery.Builder any = new BooleanQuery.Builder();
        for (String name : field.isEmpty() ? FIELDS : new String[] {field}) {
            Query query = op.equals("prefix") ? new PrefixQuery(new Term(name, text))
                    : builder.createPhraseQuery(name, text);
            if (query != null) {
                any.add(query, Occur.SHOULD);
            }
        }
        BooleanQuery query = any.build();
        return query.clauses().isEmpty() ? new MatchNoDocsQuery() : query;
    }

    private static Query query(String[] cells) {
        QueryBuilder builder = new QueryBuilder(analyzer());
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        for (int i = 2; i + 1 < cells.length; i += 2) {
            all.add(part(builder, cells[1], cells[i], unescape(cells[i + 1])),
                    cells[1].equals("and") ? Occur.MUST : Occur.SHOULD);
        }
        return all.build();
    }

    // The keys of all records that match, read from doc values.
    private static final class Keys extends SimpleCollector {
        private BinaryDocValues keys;
        final List<BytesRef> found = new ArrayList<>();

        @Override
        protected void doSetNextReader(LeafReaderContext context) throws IOException {
            keys = context.reader().getBinaryDocValues("key");
        }

        @Override
        public void collect(int doc) throws IOException {
            if (keys.advanceExact(doc)) {
                found.add(BytesRef.deepCopyOf(keys.binaryValue()));
            }
        }

        @Override
        public ScoreMode scoreMode() {
            return ScoreMode.COMPLETE_NO_SCORES;
        }
    }

    private static int answer(IndexSearcher searcher, String[] cells) throws IOException {
        Query query = query(cells);
        switch (cells[0]) {
            case "count":
                return searcher.count(query);
            case "top10":
                int n = 0;
                for (var hit : searcher.search(query, 10).scoreDocs) {
                    n += searcher.doc(hit.doc, java.util.Set.of("key")).get("key") != null ? 1 : 0;
                }
                return n;
            default:
                Keys keys = new Keys();
                searcher.search(query, keys);
                return keys.found.size();
        }
    }

    private static void warm(IndexSearcher searcher, String queries, int rounds) throws IOException {
        List<String> lines = Files.readAllLines(Paths.get(queries), StandardCharsets.UTF_8);
        int[] counts = new int[lines.size()];
        double[][] micros = new double[lines.size()][rounds];
        for (int round = -COMPILER_ROUNDS; round < rounds; round++) {
            for (int i = 0; i < counts.length; i++) {
                String[] cells = lines.get(i).split("\t", -1);
                long start = System.nanoTime();
                counts[i] = answer(searcher, cells);
                if (round >= 0) {
                    micros[i][round] = (System.nanoTime() - start) / 1e3;
                }
            }
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < counts.length; i++) {
            out.append(counts[i]);
            for (double us : micros[i]) {
                out.append('\t').append(String.format("%.1f", us));
            }
            out.append('\n');
        }
        System.out.print(out);
    }

    public static void main(String[] args) throws Exception {
        if (args[0].equals("build")) {
            build(args[1], args[2]);
            return;
        }
        try (IndexReader reader = DirectoryReader.open(FSDirectory.open(Paths.get(args[1])))) {
            IndexSearcher searcher = new IndexSearcher(reader);
            searcher.setQueryCache(null); // each answer is found, not remembered
            if (args[0].equals("warm")) {
                warm(searcher, args[2], Integer.parseInt(args[3]));
            } else {
                System.out.println(answer(searcher, Arrays.copyOfRange(args, 2, args.length)));
            }
        }
    }

    private PeerLucene() {
    }
}
