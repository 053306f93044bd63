import { describe, expect, test } from "vitest";
import { listHref, listState, sortLink } from "#components/ui/list-state.ts";

const state = (params: Record<string, string>) => listState("/people", params, ["email", "name"], ["q"]);

describe("the address of a list", () => {
  test("leaves out what is so anyway: the list's own first order, page 1, empty filters", () => {
    expect(listHref(state({}), {})).toBe("/people");
    expect(listHref(state({ sort: "email", page: "1", q: " " }), {})).toBe("/people");
    expect(listHref(state({ sort: "name", q: "ada" }), { page: 2 })).toBe("/people?q=ada&sort=name&page=2");
    expect(listHref(state({ sort: "-email" }), {})).toBe("/people?sort=-email");
  });

  test("leads back to the state that it was made of", () => {
    const some: Record<string, string>[] = [{ sort: "-name", page: "3", q: "ada" }, { sort: "name" }, {}];
    for (const params of some) {
      const list = state(params);
      const url = new URL(listHref(list, { page: list.page }), "http://panel.test");
      expect(state(Object.fromEntries(url.searchParams))).toEqual(list);
    }
  });

  test("what makes no sense in it is left out", () => {
    expect(state({ sort: "password", page: "-1" })).toMatchObject({ sort: "email", page: 1 });
  });

  test("a heading sorts by its column, and the other way when it does already", () => {
    expect(sortLink(state({ page: "4" }), "name")).toEqual({ href: "/people?sort=name" });
    expect(sortLink(state({ sort: "name" }), "name")).toEqual({ href: "/people?sort=-name", direction: "ascending" });
    expect(sortLink(state({ sort: "-email" }), "email")).toEqual({ href: "/people", direction: "descending" });
  });
});
