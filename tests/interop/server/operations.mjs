// The operations of the API: path, scopes of which one is enough, and what is answered.

import { invalid, Problem } from './problem.mjs';

export const operations = [
  { method: 'GET', path: /^\/v4\/users\/self$/, scopes: ['supply::users.read', 'demand::users.read'], run: self },
  { method: 'GET', path: /^\/v4\/businesses$/, scopes: ['supply::businesses.list'], run: businesses },
  { method: 'GET', path: /^\/v4\/negotiations\/(\d+)$/, scopes: ['supply::negotiations.read', 'demand::negotiations.read'], run: negotiation },
  { method: 'GET', path: /^\/v4\/negotiations\/(\d+)\/messages$/, scopes: ['supply::messages.read', 'demand::messages.read'], run: messages },
  { method: 'POST', path: /^\/v4\/negotiations\/(\d+)\/messages$/, scopes: ['supply::messages.write', 'demand::messages.write'], run: say },
  { method: 'GET', path: /^\/v4\/keywords\/search$/, scopes: ['demand::keywords.read'], run: keywords },
  { method: 'GET', path: /^\/v4\/categories\/search\/?$/, scopes: ['demand::categories.read'], run: categories },
  { method: 'POST', path: /^\/v4\/businesses\/search$/, scopes: ['demand::businesses/search.read'], run: search },
];

function self({ user }) {
  const { userID, email, firstName, lastName, phoneNumber } = user;
  return { body: { userID, email, firstName, lastName, phoneNumber } };
}

function businesses({ data, user }) {
  const own = data.businesses.filter((business) => business.owner === user.userID);
  return { body: { data: own.map(({ businessID, name, imageURL }) => ({ businessID, name, imageURL })), pagination: { limit: 20 } } };
}

/** The negotiation of this id, if it is the user's to see. */
function ownNegotiation({ data, user, id }) {
  const found = data.negotiations.find((one) => one.negotiationID === id);
  if (!found) throw new Problem(404, 'Not Found', 'no negotiation has this id');
  if (found.owner !== user.userID) throw new Problem(403, 'Forbidden', 'the negotiation is another business\'s');
  return found;
}

function negotiation(call) {
  return { body: ownNegotiation(call).document };
}

function messages(call) {
  const limit = limitOf(call.query.get('limit'), 10, 20);
  const newestFirst = ownNegotiation(call).messages.toReversed();
  return { body: { data: newestFirst.slice(0, limit), pagination: { limit } } };
}

function say(call) {
  const { data, json } = call;
  const text = json?.text;
  if (typeof text !== 'string' || text.length < 1 || text.length > 16384) throw invalid('text has 1 to 16384 characters');
  return { status: 201, body: data.say(ownNegotiation(call), text) };
}

function keywords({ data, query }) {
  const wanted = query.get('searchQuery');
  if (!wanted) throw invalid('searchQuery is missing');
  const limit = limitOf(query.get('limit'), 10, 100);
  const found = data.keywords.filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()));
  return { body: { data: found.slice(0, limit) } };
}

function categories({ data, query }) {
  if (!query.get('searchQuery')) throw invalid('searchQuery is missing');
  return { body: { data: [data.tiling] } };
}

function search({ data, json }) {
  const problems = [];
  const require = (holds, message) => holds || problems.push(message);
  const isText = (value) => typeof value === 'string' && value !== '';
  require(isText(json?.searchQuery) || isText(json?.categoryID), 'searchQuery or categoryID is missing');
  require(/^\d{5}$/.test(json?.zipCode), 'zipCode has five digits');
  const source = json?.utmData?.utm_source;
  require(typeof source === 'string' && source.length <= 48 && /^cma-[\w-]+$/.test(source), 'utmData.utm_source begins with cma-');
  const limit = json?.limit ?? 10;
  require(Number.isInteger(limit) && limit >= 1 && limit <= 30, 'limit is 1 to 30');
  if (problems.length > 0) throw invalid(...problems);
  const link = (path, business) => {
    const url = new URL(path, data.site);
    url.searchParams.set('category_pk', data.tiling.categoryID);
    if (business) url.searchParams.set('service_pk', business.businessID);
    url.searchParams.set('utm_source', source);
    return url.href;
  };
  const found = data.businesses.slice(0, limit).map((business, index) => ({
    businessID: business.businessID,
    businessName: business.name,
    businessIntroduction: `We are ${business.name}.`,
    quote: { startingCost: 60 + index, costUnit: 'hour' },
    businessLocation: 'Oakland, CA',
    rating: 4.5,
    numberOfReviews: 12 + index,
    yearsInBusiness: 3,
    numberOfHires: 40,
    responseTimeHours: 1.5,
    isTopPro: index === 0,
    isBackgroundChecked: true,
    isBusinessLicenseVerified: true,
    featuredReview: 'Clean work.',
    pills: ['licensed'],
    servicePageURL: link(`pro/${business.businessID}`),
    businessImageURL: business.imageURL,
    widgets: { requestFlowURL: link('embed/request-flow', business), servicePageURL: link('embed/service-page', business) },
  }));
  const { categoryID, name: categoryName } = data.tiling;
  const metadata = { categoryID, categoryName, zipCode: json.zipCode, requestLocation: 'Oakland, CA', seeMoreProsURL: link('more') };
  return { body: { searchID: data.newSearchID(), data: found, metadata } };
}

function limitOf(written, preset, most) {
  if (written === null) return preset;
  const limit = /^\d+$/.test(written) ? Number(written) : 0;
  if (limit < 1 || limit > most) throw invalid(`limit is 1 to ${most}`);
  return limit;
}
