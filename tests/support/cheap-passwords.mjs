// Loaded before everything else in the API tests, in their worker threads too: a new password costs them a millisecond to hash,
// not a third of a second. What it costs otherwise is looked at where a command makes an account.
import bcrypt from "bcryptjs";

const { hashSync } = bcrypt;
bcrypt.hashSync = (password) => hashSync(password, 4);
