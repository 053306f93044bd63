import { describe, expect, test } from "vitest";
import { clientAddress, isAddressOrNetwork } from "#lib/http/client-address.ts";

const PROXIES = ["127.0.0.1", "::1", "10.0.0.0/8", "2001:db8:aaaa::/48"];

describe("whose address it is", () => {
  test.each([
    ["nobody in between", "203.0.113.7", "", "203.0.113.7"],
    ["somebody who says to be a proxy", "203.0.113.7", "192.0.2.1", "203.0.113.7"],
    ["a proxy that says nothing", "127.0.0.1", "", "127.0.0.1"],
    ["behind a proxy", "127.0.0.1", "192.0.2.1", "192.0.2.1"],
    ["behind a proxy, with made-up hops before", "127.0.0.1", "198.51.100.1, 10.0.0.9, 192.0.2.1", "192.0.2.1"],
    ["behind two proxies", "127.0.0.1", "192.0.2.1, 10.1.2.3", "192.0.2.1"],
    ["behind three, of both families", "::1", "192.0.2.1,2001:db8:aaaa::5,10.1.2.3", "192.0.2.1"],
    [
      "a stranger between proxies ends what is believed",
      "127.0.0.1",
      "192.0.2.1, 203.0.113.9, 10.1.2.3",
      "203.0.113.9",
    ],
    ["a proxy asks for itself", "127.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.2"],
    ["over IPv6", "2001:db8:1::1", "192.0.2.1", "2001:db8:1::1"],
    ["over IPv6 behind a proxy", "2001:db8:aaaa::1", "2001:DB8:1:0:0::5", "2001:db8:1::5"],
    ["IPv4 in IPv6, as a listener on both gives it", "::ffff:203.0.113.7", "192.0.2.1", "203.0.113.7"],
    ["a proxy as IPv4 in IPv6", "::ffff:10.1.1.1", "192.0.2.1", "192.0.2.1"],
    ["a client as IPv4 in IPv6", "127.0.0.1", "::ffff:192.0.2.1", "192.0.2.1"],
    ["with a port", "127.0.0.1", "192.0.2.1:4711", "192.0.2.1"],
    ["with a port, over IPv6", "127.0.0.1", "[2001:db8:1::5]:4711", "2001:db8:1::5"],
    ["garbage alone", "127.0.0.1", "unknown", "127.0.0.1"],
    ["nothing to the left of garbage is believed", "127.0.0.1", "192.0.2.1, <script>, 10.1.2.3", "10.1.2.3"],
    ["an empty hop", "127.0.0.1", "192.0.2.1,, ", "127.0.0.1"],
    ["a number, which C would read as an address", "127.0.0.1", "3232235777", "127.0.0.1"],
    ["a hexadecimal one", "127.0.0.1", "0x7f.1", "127.0.0.1"],
    ["a socket that says nothing", "", "192.0.2.1", "192.0.2.1"],
  ])("%s", (_case, peer, forwardedFor, expected) => {
    expect(clientAddress(peer, forwardedFor, PROXIES)).toBe(expected);
  });

  test("nobody is believed where no proxy is trusted", () => {
    expect(clientAddress("127.0.0.1", "192.0.2.1", [])).toBe("127.0.0.1");
  });
});

test.each([
  ["127.0.0.1", true],
  ["::1", true],
  ["10.0.0.0/8", true],
  ["2001:db8::/32", true],
  ["10.0.0.0/33", false],
  ["localhost", false],
  ["all", false],
])("%s in the list of proxies: %s", (entry, known) => expect(isAddressOrNetwork(entry)).toBe(known));
