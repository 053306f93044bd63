/** Where one is signed in. */
import { Badge } from "#components/ui/badge.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { Table, TBody, Td, THead, Th, Tr } from "#components/ui/table.tsx";
import { Time } from "#components/ui/time.tsx";
import { load } from "#lib/api/caller.ts";
import { EndOtherSessions, EndSession } from "./session-actions.tsx";

const METHODS = { password: "Password", passkey: "Passkey" } as const;

export async function SessionsSection() {
  const sessions = await load((api) => api.users.sessions({}));
  const now = Date.now();
  const others = sessions.items.filter((session) => !session.current).length;
  return (
    <Panel
      title="Sessions"
      description="Where you are signed in. A session ends by itself after 7 days without use, and after 30 days in any case."
      actions={others > 0 && <EndOtherSessions count={others} />}
      flush
    >
      <Table label="Sessions" stack className="rounded-none border-0">
        <THead>
          <Th>Device</Th>
          <Th>Address</Th>
          <Th>Signed in with</Th>
          <Th>Signed in</Th>
          <Th>Last seen</Th>
          <Th hidden>Actions</Th>
        </THead>
        <TBody>
          {sessions.items.map(({ id, current, device, userAgent, address, method, mfa, createdAt, lastSeenAt }) => (
            <Tr key={id}>
              <Td title={userAgent}>
                <span className="font-medium">{device}</span>
                {current && (
                  <Badge tone="ok" className="ms-2">
                    This session
                  </Badge>
                )}
              </Td>
              <Td label="Address" mono dim>
                {address}
              </Td>
              <Td label="Signed in with" dim>
                {METHODS[method]}
                {mfa && method === "password" && " and second factor"}
              </Td>
              <Td label="Signed in" dim>
                <Time at={createdAt} now={now} />
              </Td>
              <Td label="Last seen" dim>
                <Time at={lastSeenAt} now={now} />
              </Td>
              <Td align="end" className="py-[3px]!">
                {!current && <EndSession session={id} device={device} />}
              </Td>
            </Tr>
          ))}
        </TBody>
      </Table>
    </Panel>
  );
}
