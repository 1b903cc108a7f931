// What one environment's authorization server keeps, in memory. Environments share nothing, so that a token of the one
// is unknown to the other.

/** An adapter class for `oidc-provider`, over a store of its own. */
export function createStorage() {
  const entries = new Map();
  return class {
    constructor(model) {
      this.model = model;
    }

    key(id) {
      return `${this.model}:${id}`;
    }

    async upsert(id, payload, expiresIn) {
      entries.set(this.key(id), { payload, until: expiresIn ? Date.now() + expiresIn * 1000 : Infinity });
    }

    async find(id) {
      const entry = entries.get(this.key(id));
      if (!entry || entry.until <= Date.now()) return undefined;
      return entry.payload;
    }

    async findByUid(uid) {
      return this.payloads().find((payload) => payload.uid === uid);
    }

    async consume(id) {
      const payload = await this.find(id);
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
    }

    async destroy(id) {
      entries.delete(this.key(id));
    }

    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of entries) {
        if (key.startsWith(`${this.model}:`) && payload.grantId === grantId) entries.delete(key);
      }
    }

    payloads() {
      return [...entries].filter(([key]) => key.startsWith(`${this.model}:`)).map(([, { payload }]) => payload);
    }
  };
}
