/** The API of connections: staff's for everybody, and an organisation's own. */
import * as z from "zod";
import { inOrganisation, staff } from "#lib/api/guards.ts";
import {
  addConnection,
  editConnection,
  listConnections,
  removeConnection,
  rotateSecret,
  testConnection,
} from "./kept.ts";
import { ConnectionTest, connectionEdit, KeptConnection, newConnection, newSecret } from "./shapes.ts";

const SHARED = "/dns/connections";
const OWN = "/organisations/{organisation}/dns/own-connections";
const options = { flag: "feature.dns", tokens: true } as const;
const one = { connection: z.string() };
const list = z.object({ items: z.array(KeptConnection) });
const removed = z.object({ removed: z.string() });
const panels = { organisationId: null, asStaff: true };
const ownOf = (context: { organisation: { id: string }; asStaff: boolean }) => ({
  organisationId: context.organisation.id,
  asStaff: context.asStaff,
});

export const sharedConnections = staff("dns:connections", {}, options)
  .route({ method: "GET", path: SHARED, summary: "The panel's connections" })
  .output(list)
  .handler(() => listConnections(panels));

export const addSharedConnection = staff("dns:connections", newConnection, options)
  .route({ method: "POST", path: SHARED, successStatus: 201, summary: "Add a connection for everybody" })
  .output(KeptConnection)
  .handler(({ context, input }) => addConnection(panels, input, context.actor));

export const editSharedConnection = staff("dns:connections", { ...one, ...connectionEdit }, options)
  .route({ method: "PATCH", path: `${SHARED}/{connection}`, summary: "Rename it, or lead it elsewhere" })
  .output(KeptConnection)
  .handler(({ context, input: { connection, ...edit } }) => editConnection(panels, connection, edit, context.actor));

export const rotateSharedConnection = staff("dns:connections", { ...one, ...newSecret }, options)
  .route({ method: "POST", path: `${SHARED}/{connection}/secret`, summary: "Replace its secret, once that works" })
  .output(KeptConnection)
  .handler(({ context, input: { connection, ...given } }) => rotateSecret(panels, connection, given, context.actor));

export const testSharedConnection = staff("dns:connections", one, options)
  .route({ method: "POST", path: `${SHARED}/{connection}/test`, summary: "Try it out" })
  .output(ConnectionTest)
  .handler(({ context, input }) => testConnection(panels, input.connection, context.actor));

export const removeSharedConnection = staff("dns:connections", one, options)
  .route({ method: "DELETE", path: `${SHARED}/{connection}`, summary: "Remove it, if no zone is kept there" })
  .output(removed)
  .handler(({ context, input }) => removeConnection(panels, input.connection, context.actor));

export const ownConnections = inOrganisation("admin", {}, options)
  .route({ method: "GET", path: OWN, summary: "The connections that the organisation brought" })
  .output(list)
  .handler(({ context }) => listConnections(ownOf(context)));

export const addOwnConnection = inOrganisation("admin", newConnection, options)
  .route({ method: "POST", path: OWN, successStatus: 201, summary: "Bring a connection for its own zones" })
  .output(KeptConnection)
  .handler(({ context, input: { organisation: _o, ...input } }) => addConnection(ownOf(context), input, context.actor));

export const editOwnConnection = inOrganisation("admin", { ...one, ...connectionEdit }, options)
  .route({ method: "PATCH", path: `${OWN}/{connection}`, summary: "Rename it, or lead it elsewhere" })
  .output(KeptConnection)
  .handler(({ context, input: { organisation: _o, connection, ...edit } }) =>
    editConnection(ownOf(context), connection, edit, context.actor),
  );

export const rotateOwnConnection = inOrganisation("admin", { ...one, ...newSecret }, options)
  .route({ method: "POST", path: `${OWN}/{connection}/secret`, summary: "Replace its secret, once that works" })
  .output(KeptConnection)
  .handler(({ context, input: { organisation: _o, connection, ...given } }) =>
    rotateSecret(ownOf(context), connection, given, context.actor),
  );

export const testOwnConnection = inOrganisation("admin", one, options)
  .route({ method: "POST", path: `${OWN}/{connection}/test`, summary: "Try it out" })
  .output(ConnectionTest)
  .handler(({ context, input }) => testConnection(ownOf(context), input.connection, context.actor));

export const removeOwnConnection = inOrganisation("admin", one, options)
  .route({ method: "DELETE", path: `${OWN}/{connection}`, summary: "Remove it, if no zone is kept there" })
  .output(removed)
  .handler(({ context, input }) => removeConnection(ownOf(context), input.connection, context.actor));
