import { amount, choice } from "./switch.js";

/** Switches of the routes about people, their registrations and Conditional Access. */
export const peopleSwitches = {
  reportRequestsPer10Seconds: amount(
    5,
    1,
    "How many requests of the registration report are let through in 10 seconds, for each application and tenant?",
    "Graph docs: 5 for identity and access reports; their list names authenticationMethod, which is taken for this report.",
  ),
  fido2MethodsThrottled: choice(
    ["no", "yes"],
    "Do fido2Methods and methods of a user count with the requests of the registration report?",
    "The list in Graph docs names authenticationMethod without saying which routes that is.",
  ),
  conditionalAccessRequestsPerSecond: amount(
    1,
    1,
    "How many requests of Conditional Access policies are let through in a second, for each tenant?",
    "Graph docs: 1, and 429 without Retry-After.",
  ),
  throttleWindowMilliseconds: amount(
    10_000,
    1,
    "How long is the window of the limit of the registration report, in milliseconds?",
    "Graph docs: 10 seconds. Shorter ones are for tests. Whether refused requests count is unknown; here they do not.",
  ),
  reportPageSize: amount(
    100,
    1,
    "How many users has a page of the registration report?",
    "Graph docs name no size and do not offer $top; @odata.nextLink leads on.",
  ),
  reportWordForKeys: choice(
    ["passKeyDeviceBound", "fido2SecurityKey", "both"],
    "Which word of methodsRegistered stands for a hardware key?",
    "Both are among the documented words. Which of them a key has, and whether old registrations keep the old one, is unknown.",
  ),
  policyReadConditionalAccess: choice(
    ["refused", "accepted"],
    "May Policy.Read.ConditionalAccess read Conditional Access policies?",
    "Graph docs name Policy.Read.All and nothing else for the list; the permission's own description says that it can.",
  ),
  conditionalAccessWithoutLicence: choice(
    ["refused", "answered"],
    "How are Conditional Access policies and strengths answered without Entra ID P1? refused = 403 AccessDenied.",
    "Conditional Access needs P1 (Entra docs); a third party saw 403 AccessDenied when creating a policy. Reading is unknown.",
  ),
} as const;
