/** Where the shop's people live: country, region, cities, and how many of a thousand customers come from each city. */
interface Place {
  readonly country: string;
  readonly region: string;
  readonly city: string;
  readonly weight: number;
}

const TEXT = `
US|California|Los Angeles:42,San Diego:18,San Jose:16,Sacramento:9
US|New York|New York:55,Buffalo:7,Rochester:5
US|Texas|Houston:24,Dallas:22,Austin:17,San Antonio:14
US|Illinois|Chicago:30
US|Florida|Miami:18,Orlando:12,Tampa:11
US|Washington|Seattle:17
US|Massachusetts|Boston:15
CA|Ontario|Toronto:24,Ottawa:9
CA|Quebec|Montreal:16
CA|British Columbia|Vancouver:13
GB|England|London:60,Manchester:17,Birmingham:15,Leeds:10,Bristol:9
GB|Scotland|Glasgow:10,Edinburgh:9
DE|Berlin|Berlin:26
DE|Bavaria|Munich:18,Nuremberg:7
DE|North Rhine-Westphalia|Cologne:15,Dortmund:8,Düsseldorf:9
DE|Hamburg|Hamburg:14
FR|Île-de-France|Paris:38
FR|Provence-Alpes-Côte d'Azur|Marseille:10,Nice:7
FR|Auvergne-Rhône-Alpes|Lyon:12
ES|Madrid|Madrid:20
ES|Catalonia|Barcelona:18
IT|Lombardy|Milan:18
IT|Lazio|Rome:15
NL|North Holland|Amsterdam:14
NL|South Holland|Rotterdam:9,The Hague:6
PL|Masovia|Warsaw:14
PL|Lesser Poland|Kraków:8
SE|Stockholm|Stockholm:10
BR|São Paulo|São Paulo:28,Campinas:6
BR|Rio de Janeiro|Rio de Janeiro:15
MX|Mexico City|Mexico City:20
MX|Jalisco|Guadalajara:8
IN|Maharashtra|Mumbai:26,Pune:10
IN|Karnataka|Bengaluru:18
IN|Delhi|Delhi:20
JP|Tokyo|Tokyo:24
JP|Osaka|Osaka:11
AU|New South Wales|Sydney:16
AU|Victoria|Melbourne:15
`;

export const PLACES: readonly Place[] = TEXT.trim()
  .split('\n')
  .flatMap((line) => {
    const [country = '', region = '', cities = ''] = line.split('|');
    return cities.split(',').map((entry) => {
      const [city = '', weight = '1'] = entry.split(':');
      return { country, region, city, weight: Number(weight) };
    });
  });
