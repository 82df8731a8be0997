// Vonage's own SDK sends through a simulator and verifies what comes back. Takes its orders as JSON on standard input,
// prints what happened as JSON; the test that starts it judges.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { Auth } from "@vonage/auth";
import { verifySignature } from "@vonage/jwt";
import { Messages, MMSContent, MMSFile, MMSImage, SMS } from "@vonage/messages";

const orders = JSON.parse(await text(process.stdin));
const callbacks = [];

const server = createServer(async (request, response) => {
  const body = await text(request);
  const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
  const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "e30", "base64url"));
  callbacks.push({
    ...JSON.parse(body),
    verified: verifySignature(token, orders.secret),
    verifiedWithWrongSecret: verifySignature(token, orders.secret + "x"),
    hashMatches: claims.payload_hash === createHash("sha256").update(body).digest("hex"),
    issuer: claims.iss,
  });
  response.end();
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));

const webhookUrl = `http://127.0.0.1:${server.address().port}/status`;
const common = { to: orders.to, from: orders.from, clientRef: "sdk-check", webhookUrl, webhookVersion: "v1" };
const image = { url: orders.image, caption: "His paw this morning" };
const file = { url: orders.file, caption: "Her records" };
const messages = client(orders.applicationId);

const sent = [];
for (const [kind, message] of Object.entries({
  sms: new SMS({ ...common, text: "Is Bella ready? 🐶" }),
  image: new MMSImage({ ...common, image }),
  file: new MMSFile({ ...common, file }),
  content: new MMSContent({ ...common, content: [{ type: "image", ...image }, { type: "file", ...file }] }),
})) {
  const { messageUUID } = await messages.send(message);
  sent.push({ kind, messageUuid: messageUUID });
}
const refused = await refusal(client(crypto.randomUUID()), new SMS({ ...common, text: "Nobody" }));
const invalid = await refusal(messages, new SMS({ ...common, text: "" }));

const until = Date.now() + 20_000;
while (callbacks.length < 2 * sent.length && Date.now() < until) {
  await new Promise((waited) => setTimeout(waited, 20));
}
server.close();
server.closeAllConnections();
console.log(JSON.stringify({ sent, callbacks, refused, invalid }));

function client(applicationId) {
  const auth = new Auth({ applicationId, privateKey: orders.privateKey });
  return new Messages(auth, { apiHost: orders.apiHost });
}

async function refusal(client, message) {
  try {
    await client.send(message);
    return null;
  } catch (error) {
    const body = await error.response?.json?.().catch(() => null);
    return { status: error.response?.status, title: body?.title ?? null, message: String(error.message) };
  }
}

async function text(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}
