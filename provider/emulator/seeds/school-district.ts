import type { Seed } from "../seed.js";

const domain = "northfield.example";

const students = [
  "Amira Haddad",
  "Ben Novak",
  "Chloe Martin",
  "Dylan Brooks",
  "Elif Kaya",
  "Finn Larsen",
  "Grace Okafor",
  "Hugo Silva",
  "Ivy Nguyen",
  "Jonas Weber",
  "Kira Petrov",
  "Leo Rossi",
  "Maya Cohen",
  "Noah Kim",
  "Olivia Santos",
  "Priya Sharma",
];
const teachers = [
  "Tara Quinn",
  "Ursula Brandt",
  "Victor Alvarez",
  "Wendy Chan",
  "Xavier Dubois",
  "Yasmin Ali",
  "Zoltan Nagy",
];
const office = ["Rosa Jimenez", "Sam Carter", "Uma Reddy", "Walter Hughes"];
const emergency = ["Emergency One", "Emergency Two"];

const address = (name: string) => `${name.toLowerCase().replaceAll(" ", ".")}@${domain}`;
const users = (names: string[], jobTitle: string, department: string) =>
  names.map((displayName) => ({ displayName, userPrincipalName: address(displayName), jobTitle, department }));

/**
 * A school district before anything was managed as code: not opted in to profiles, no restrictions, everyone covered.
 * Teachers are nested in Staff; the emergency accounts belong to no other group.
 */
export const schoolDistrict: Seed = {
  tenants: [
    {
      id: "5a9c7e14-6d2b-4f80-8e3c-2b7d1a4f6c03",
      displayName: "Northfield School District",
      domain,
      mode: "legacy",
      policy: {
        state: "enabled",
        isSelfServiceRegistrationAllowed: true,
        isAttestationEnforced: false,
        keyRestrictions: { isEnforced: false, enforcementType: "block", aaGuids: [] },
        includeTargets: [{ id: "all_users" }],
      },
      groups: [
        { displayName: "Students", description: "Everyone enrolled; no phones in class" },
        { displayName: "Staff", description: "Everyone employed, teachers included" },
        { displayName: "Teachers", description: "Teaching staff" },
        { displayName: "Break-glass", description: "Emergency accounts, with a hardware key in the safe" },
      ],
      users: [
        ...users(students, "Student", "Enrolment"),
        ...users(teachers, "Teacher", "Teaching"),
        ...users(office, "Administrator", "Office"),
        ...users(emergency, "Emergency access", "IT"),
      ],
      memberships: {
        Students: students.map(address),
        Teachers: teachers.map(address),
        Staff: [...office.map(address), "Teachers"],
        "Break-glass": emergency.map(address),
      },
    },
  ],
};
