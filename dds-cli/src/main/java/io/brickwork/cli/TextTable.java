package io.brickwork.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Columns of text; numbers stand to the right. */
final class TextTable {
    private final List<String> titles;
    private final List<List<String>> rows = new ArrayList<>();

    TextTable(String... titles) {
        this.titles = List.of(titles);
    }

    void row(String... cells) {
        rows.add(List.of(cells));
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    void print(PrintWriter out) {
        int[] widths = new int[titles.size()];
        boolean[] isNumber = new boolean[titles.size()];
        for (int column = 0; column < widths.length; column++) {
            int at = column;
            widths[column] = Math.max(
                    titles.get(column).length(),
                    rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0));
            isNumber[column] = rows.stream().allMatch(row -> row.get(at).matches("[\\d.,]*( %)?"));
        }
        printRow(out, titles, widths, isNumber);
        rows.forEach(row -> printRow(out, row, widths, isNumber));
    }

    private static void printRow(PrintWriter out, List<String> row, int[] widths, boolean[] isNumber) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = row.get(column);
            String padding = " ".repeat(widths[column] - cell.length());
            line.append("  ").append(isNumber[column] ? padding + cell : cell + padding);
        }
        out.println(line.toString().stripTrailing());
    }
}
