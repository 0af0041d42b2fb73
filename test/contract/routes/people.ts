import { anyMethod, passkey, registrationDetails } from "../published/registrations.ts";
import { NOBODY, type Row } from "./row.ts";

const REPORT = "/reports/authenticationMethods/userRegistrationDetails";

/** Users with every method that can be registered, besides those of the seed. */
export const peopleRows: Row[] = [
  {
    route: "GET /users/:id/authentication/fido2Methods",
    async ask(world, route) {
      for (const { id } of world.tenant.users.list()) {
        await world.ask(route, `/users/${id}/authentication/fido2Methods`, { status: 200, list: passkey });
      }
      await world.ask(route, `/users/${NOBODY}/authentication/fido2Methods`, { status: 404 });
    },
  },
  {
    route: "GET /users/:id/authentication/methods",
    async ask(world, route) {
      for (const { id } of world.tenant.users.list()) {
        await world.ask(route, `/users/${id}/authentication/methods`, { status: 200, list: anyMethod });
      }
      await world.ask(route, `/users/${NOBODY}/authentication/methods`, { status: 404 });
    },
  },
  {
    route: `GET ${REPORT}`,
    async ask(world, route) {
      await world.ask(route, REPORT, { status: 200, list: registrationDetails });
      const filter = encodeURIComponent("methodsRegistered/any(x:x eq 'passKeyDeviceBound')");
      const query = `$filter=${filter}&$orderby=userDisplayName`;
      await world.ask(route, `${REPORT}?${query}`, { status: 200, list: registrationDetails });
      await world.ask(route, `${REPORT}?$top=1`, { status: 501 });
      const { licence } = world.tenant;
      world.tenant.licence = "free";
      const code = "Authentication_RequestFromNonPremiumTenantOrB2CTenant";
      await world.ask(route, REPORT, { status: 403, code });
      world.tenant.licence = licence;
    },
  },
  {
    route: `GET ${REPORT}/:id`,
    async ask(world, route) {
      const [user] = world.tenant.users.list().filter(({ accountEnabled }) => accountEnabled);
      await world.ask(route, `${REPORT}/${user?.id}`, { status: 200, shape: registrationDetails });
      await world.ask(route, `${REPORT}/${NOBODY}`, { status: 404 });
    },
  },
];
