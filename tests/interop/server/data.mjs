// People, businesses, negotiations and messages of one environment. All of them are made up.

/** Ids are integers of 64 bits, written as strings; each environment counts from its own place. */
function counter(start) {
  let next = BigInt(start);
  return () => String((next += 7n));
}

const seconds = (date) => date.toISOString().replace(/\.\d+Z$/, 'Z');

export function createData(environment, site, passwords) {
  const id = counter(environment === 'staging' ? '640000000000000000' : '870000000000000000');
  const person = (user, firstName, lastName, phoneNumber) => ({
    userID: id(),
    email: `${firstName}.${lastName}@${environment}.example.com`.toLowerCase(),
    emailVerified: true,
    firstName,
    lastName,
    phoneNumber,
    password: passwords[user],
  });
  const users = new Map([
    ['pro', person('pro', 'Ines', 'Varga', '+14155550131')],
    ['other_pro', person('other_pro', 'Tomas', 'Lindqvist', '+14155550132')],
    ['customer', person('customer', 'Noor', 'Haddad', '+14155550133')],
  ]);
  const business = (owner, name) => ({ owner: users.get(owner).userID, businessID: id(), name, imageURL: `https://images.example.com/${owner}.jpg` });
  const businesses = [
    business('pro', 'Varga Tiles & Stone'),
    business('pro', 'Varga Bathrooms'),
    business('other_pro', 'Lindqvist Gardens'),
  ];
  const tiling = { categoryID: id(), name: 'Tiling' };
  const negotiations = [businesses[0], businesses[2]].map((of, index) => createNegotiation({ id, of, tiling, site, index }));
  const [first] = negotiations;
  first.messages.push(
    messageOf(id(), first, 'Customer', 'Could you come on Saturday?', new Date('2026-03-14T08:30:00Z')),
    messageOf(id(), first, 'Business', 'Saturday at ten is fine.', new Date('2026-03-14T09:02:41Z')),
  );
  return {
    site,
    users,
    businesses,
    negotiations,
    tiling,
    keywords: ['Car detailing', 'Car stereo installation', 'Cardboard removal', 'Carpentry', 'Carpet cleaning', 'Tiling']
      .map((name) => ({ keywordID: id(), name })),
    newSearchID: id,
    fixtures: {
      business: businesses[0].businessID,
      negotiation: first.negotiationID,
      otherNegotiation: negotiations[1].negotiationID,
      message: first.messages[0].messageID,
    },
    userByID: (userID) => [...users.values()].find((user) => user.userID === userID),
    userByLogin: (email, password) => [...users.values()].find((user) => user.email === email && user.password === password),
    say: (negotiation, text) => {
      const message = messageOf(id(), negotiation, 'Business', text, new Date());
      negotiation.messages.push(message);
      return message;
    },
  };
}

function createNegotiation({ id, of, tiling, site, index }) {
  const customerID = id();
  const negotiationID = id();
  return {
    owner: of.owner,
    negotiationID,
    messages: [],
    document: {
      negotiationID,
      createdAt: `2026-03-1${index}T17:20:05Z`,
      customer: { customerID, firstName: 'Noor', lastName: 'Haddad', phone: '4155550133' },
      business: { businessID: of.businessID, name: of.name, imageURL: of.imageURL, phoneNumber: '+14155550140' },
      request: {
        requestID: id(),
        customerID,
        description: 'New tiles for a kitchen floor',
        category: tiling,
        location: { city: 'Oakland', state: 'CA', zipCode: '94607' },
        travelPreferences: ['ProviderTravelToCustomer'],
        details: [{ question: 'How large is the floor?', answer: '12 square metres' }],
        attachments: [],
      },
      estimate: { type: 'Hourly', pricePerUnit: '70.00', unitQuantity: 6, unitName: 'hour', total: '$420.00' },
      status: 'Open',
      leadPrice: '$18.40',
      chargeState: 'Charged',
      requestReviewLink: `${site}reviews/ask/${negotiationID}`,
      refundRequestLink: `${site}refunds/ask/${negotiationID}`,
    },
  };
}

function messageOf(messageID, negotiation, from, text, when) {
  const { customer, business } = negotiation.document;
  const sender = from === 'Customer'
    ? { customer: { customerID: customer.customerID, displayName: `${customer.firstName} ${customer.lastName[0]}.` } }
    : { business: { businessID: business.businessID, displayName: business.name } };
  return { messageID, negotiationID: negotiation.negotiationID, from, ...sender, text, attachments: [], sentAt: seconds(when) };
}
