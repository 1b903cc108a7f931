// Refusals of the API, as problem documents.

/** What ends an operation early. */
export class Problem extends Error {
  constructor(status, title, detail, { type = 'about:blank', headers = {}, ...members } = {}) {
    super(detail ?? title);
    Object.assign(this, { status, headers, document: { type, title, status, ...(detail && { detail }), ...members } });
  }
}

/** A refusal of the request's content, as the API's changelog prints it. */
export const invalid = (...errors) =>
  new Problem(400, 'Your request is not valid.', undefined, {
    type: 'https://api.thumbtack.com/problems/validation-error',
    errors: errors.map((message) => ({ message })),
  });
