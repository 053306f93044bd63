// Loaded before everything else in the API tests, in their worker threads too: a new password costs them a millisecond to hash,
// not a third of a second. What it costs otherwise is looked at where a command makes an account.
import bcrypt from "bcryptjs";

const { compareSync, hashSync } = bcrypt;
bcrypt.hashSync = (password) => hashSync(password, 4);

/** What password.ts compares with where there is no password, so that this takes as long: no password is known to match it. */
const DECOY = "$2b$12$0bUdp2aZzECWjySAZ8voFurzjUwvITWvTz3zERq0eV8uVUMpCJGOm";
bcrypt.compareSync = (password, hash) => compareSync(password, hash === DECOY ? hash.replace("$12$", "$04$") : hash);
