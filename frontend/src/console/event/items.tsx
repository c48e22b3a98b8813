import { useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { Input, Label, SearchField } from "react-aria-components";
import { useSearchParams } from "react-router";
import type { Item } from "../../api/types.ts";
import { useApp } from "../../app.tsx";
import { texts } from "../../texts/en.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icons.tsx";
import { LinkButton } from "../../ui/link-button.tsx";
import { Empty, Failure, Money, Skeleton, TagNumber } from "../../ui/parts.tsx";
import { Table } from "../../ui/table.tsx";
import { queries } from "../queries.ts";
import { ItemStatusChip } from "../status.tsx";
import { useEvent } from "./layout.tsx";

const words = texts.items;
const statuses = ["listed", "checked_in", "on_floor", "sold", "returned", "rejected", "pulled", "missing"];

/** All items of the event, to search and filter; both stand in the address, to be shared. */
export function Component() {
  const { api } = useApp();
  const event = useEvent();
  const [address, setAddress] = useSearchParams();
  const q = address.get("q") ?? "";
  const status = address.get("status") ?? "";
  const asked = useDeferredValue(plainTag(q));
  const items = useInfiniteQuery({
    ...queries.items(api, event.id, asked, status),
    placeholderData: (old) => old,
  });
  const set = (name: string, value: string) =>
    setAddress(
      (old) => {
        if (value === "") old.delete(name);
        else old.set(name, value);
        return old;
      },
      { replace: true },
    );
  const rows = items.data?.pages.flatMap((page) => page.items) ?? [];
  const unfiltered = q === "" && status === "";
  return (
    <section aria-label={words.title}>
      <div className="filters">
        <SearchField className="search" value={q} onChange={(value) => set("q", value)}>
          <Label className="visually-hidden">{words.search}</Label>
          <Icon name="search" />
          <Input className="field-input" placeholder={words.search} />
        </SearchField>
        <label className="select">
          <span className="visually-hidden">{words.status}</span>
          <select
            className="field-input"
            value={status}
            onChange={(change) => set("status", change.target.value)}
          >
            <option value="">{words.anyStatus}</option>
            {statuses.map((name) => (
              <option key={name} value={name}>
                {texts.itemStatus[name]}
              </option>
            ))}
          </select>
        </label>
      </div>
      {items.isPending && <Skeleton rows={8} />}
      {items.isError && <Failure error={items.error} retry={() => void items.refetch()} />}
      {items.isSuccess && rows.length === 0 && unfiltered && (
        <Empty title={words.none} action={<LinkButton to="../import">{texts.event.importNow}</LinkButton>}>
          {words.noneHelp}
        </Empty>
      )}
      {items.isSuccess && rows.length === 0 && !unfiltered && (
        <Empty title={words.noneFound} action={<Button onPress={() => setAddress({})}>{words.clear}</Button>}>
          {words.noneFoundHelp}
        </Empty>
      )}
      {rows.length > 0 && <ItemTable rows={rows} />}
      {rows.length > 0 && (
        <div className="table-end">
          <span className="soft small" role="status">
            {words.shown(rows.length)}
          </span>
          {items.hasNextPage && (
            <Button pending={items.isFetchingNextPage} onPress={() => void items.fetchNextPage()}>
              {words.more}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}

/** A tag as it is printed, with its hyphens, is searched by its digits. */
const plainTag = (q: string) => (/^\d[\d -]*$/.test(q) ? q.replace(/[ -]/g, "") : q);

function ItemTable({ rows }: { rows: Item[] }) {
  const { organization } = useApp();
  return (
    <div className="table-stacked">
      <Table
        label={words.title}
        rows={rows}
        keyOf={(item) => item.tag}
        columns={[
          { head: words.columns.tag, cell: (item) => <TagNumber tag={item.tag} /> },
          { head: words.columns.title, kind: "name", cell: (item) => item.title },
          {
            head: words.columns.size,
            cell: (item) => <span className="soft">{item.size === "" ? texts.dash : item.size}</span>,
          },
          {
            head: words.columns.consignor,
            kind: "figure",
            cell: (item) => <span className="code">{item.consignor}</span>,
          },
          {
            head: words.columns.price,
            kind: "figure",
            cell: (item) => <Money cents={item.price_cents} currency={organization.currency} />,
          },
          { head: words.columns.status, cell: (item) => <ItemStatusChip status={item.status} /> },
        ]}
      />
    </div>
  );
}
