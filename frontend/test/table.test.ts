import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Table, type TableProps } from "../src/ui/table.tsx";

type Coat = { tag: string; size: string; cents: number };

const coats: TableProps<Coat> = {
  label: "Coats",
  rows: [{ tag: "7", size: "M", cents: 450 }],
  keyOf: ({ tag }) => tag,
  empty: "No coats",
  columns: [
    { head: "Tag", kind: "name", cell: ({ tag }) => tag },
    { head: "Size", minor: true, cell: ({ size }) => size },
    { head: "Cents", kind: "figure", minor: true, cell: ({ cents }) => cents },
    { head: "Take off", kind: "act", cell: () => "Off" },
  ],
};
const markup = (props: TableProps<Coat>) => renderToStaticMarkup(createElement(Table<Coat>, props));

describe("a table", () => {
  it("says its name, its columns and what each row is about", () => {
    expect(markup(coats)).toBe(
      '<div class="table-frame"><table class="table" aria-label="Coats"><thead><tr>' +
        '<th scope="col">Tag</th>' +
        '<th scope="col" class="minor">Size</th>' +
        '<th scope="col" class="numeric minor">Cents</th>' +
        '<th scope="col" class="numeric"><span class="visually-hidden">Take off</span></th>' +
        "</tr></thead><tbody><tr>" +
        '<th scope="row">7</th>' +
        '<td class="minor">M</td>' +
        '<td class="numeric minor">450</td>' +
        '<td class="numeric">Off</td>' +
        "</tr></tbody></table></div>",
    );
  });

  it("has something else in its place when it has no rows", () => {
    expect(markup({ ...coats, rows: [] })).toBe("No coats");
  });
});
