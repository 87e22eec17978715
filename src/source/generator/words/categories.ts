/** A kind of goods: dotted code (empty where the shop never gave one), name, share of interest, usual price, brands. */
export interface Category {
  readonly code: string;
  readonly name: string;
  readonly noun: string;
  readonly weight: number;
  /** Median price in whole currency units. */
  readonly price: number;
  readonly brands: readonly string[];
}

// code | name | noun | share of interest | median price | brands, most popular first ("-" = sold without a brand)
const TEXT = `
electronics.smartphone|Smartphones|Smartphone|264|260|samsung apple xiaomi huawei oppo vivo nokia oneplus honor meizu
electronics.audio.headphone|Headphones|Headphones|36|95|apple samsung xiaomi jbl sony sennheiser marshall harper
electronics.clocks|Watches|Watch|27|180|apple casio samsung orient garmin fossil amazfit
electronics.video.tv|Televisions|TV|32|390|samsung lg sony artel haier philips tcl
electronics.tablet|Tablets|Tablet|9|240|apple samsung huawei lenovo
electronics.audio.subwoofer|Subwoofers|Subwoofer|6|110|pioneer alphard kicx edge -
electronics.camera.video|Action cameras|Camera|3|260|gopro sony canon sjcam
electronics.telephone|Telephones|Telephone|5|24|panasonic gigaset texet -
computers.notebook|Notebooks|Notebook|38|590|acer lenovo hp asus apple dell msi
computers.desktop|Desktop computers|Desktop PC|16|480|pulser lenovo hp acer -
computers.components.videocards|Graphics cards|Graphics card|4|340|msi gigabyte palit asus
computers.peripherals.monitor|Monitors|Monitor|5|210|samsung lg dell aoc benq
computers.peripherals.printer|Printers|Printer|4|150|canon epson hp brother
computers.peripherals.mouse|Mice|Mouse|4|26|logitech a4tech razer -
appliances.kitchen.washer|Washing machines|Washing machine|31|290|lg samsung bosch indesit beko candy haier
appliances.kitchen.refrigerators|Refrigerators|Refrigerator|29|410|lg samsung indesit bosch haier beko atlant
appliances.environment.vacuum|Vacuum cleaners|Vacuum cleaner|28|100|samsung xiaomi bosch kitfort philips dauken irobot
appliances.environment.air_heater|Heaters|Heater|19|46|oasis almacom elenberg ballu timberk -
appliances.environment.water_heater|Water heaters|Water heater|9|130|ariston thermex oasis edisson
appliances.environment.air_conditioner|Air conditioners|Air conditioner|6|320|midea samsung lg elenberg
appliances.kitchen.microwave|Microwave ovens|Microwave|9|85|samsung lg midea elenberg
appliances.kitchen.oven|Ovens|Oven|8|270|bosch gorenje hansa electrolux
appliances.kitchen.hood|Cooker hoods|Cooker hood|5|110|elikor maunfeld hansa -
appliances.kitchen.mixer|Mixers|Mixer|4|48|bosch kitchenaid scarlett redmond
appliances.kitchen.meat_grinder|Meat grinders|Meat grinder|5|70|bosch moulinex redmond polaris
appliances.kitchen.kettle|Kettles|Kettle|7|30|vitek tefal redmond polaris scarlett -
appliances.kitchen.blender|Blenders|Blender|6|52|bosch braun vitek philips redmond
appliances.kitchen.dishwasher|Dishwashers|Dishwasher|5|380|bosch midea electrolux beko
appliances.kitchen.coffee_machine|Coffee machines|Coffee machine|5|330|delonghi philips saeco krups
appliances.iron|Irons|Iron|7|38|philips tefal braun vitek -
appliances.personal.hair_cutter|Hair clippers|Hair clipper|4|36|philips panasonic moser braun
appliances.sewing_machine|Sewing machines|Sewing machine|4|140|janome brother singer
furniture.living_room.sofa|Sofas|Sofa|13|420|brw sofia - -
furniture.living_room.cabinet|Cabinets|Cabinet|8|180|brw - -
furniture.bedroom.bed|Beds|Bed|9|240|askona ormatek - -
furniture.kitchen.table|Kitchen tables|Table|7|120|- tetchair -
furniture.bathroom.toilet|Bathroom ceramics|Toilet|5|90|santeri cersanit roca
furniture.living_room.chair|Chairs|Chair|5|75|tetchair chairman - -
apparel.shoes|Shoes|Shoes|14|72|respect baden rieker ecco -
apparel.shoes.keds|Sneakers|Sneakers|13|85|nike adidas puma reebok respect
apparel.costume|Suits|Suit|4|110|- - sela
apparel.shirt|Shirts|Shirt|5|30|- sela zolla
apparel.sock|Socks|Socks|2|5|- incity
accessories.bag|Bags|Bag|6|55|- herschel samsonite thule
accessories.wallet|Wallets|Wallet|2|38|- fossil
auto.accessories.player|Car stereos|Car stereo|7|90|pioneer jvc kenwood alpine
auto.accessories.alarm|Car alarms|Car alarm|4|130|starline pandora sheriff
auto.accessories.compressor|Compressors|Compressor|3|32|berkut airline -
auto.accessories.videoregister|Dash cams|Dash cam|3|70|xiaomi mio blackvue
construction.tools.drill|Drills|Drill|7|76|bosch makita dewalt zubr
construction.tools.welding|Welding machines|Welding machine|4|150|resanta fubag -
construction.tools.pump|Pumps|Pump|4|110|karcher gilex -
construction.tools.light|Lamps|Lamp|6|18|- gauss navigator
kids.carriage|Prams|Pram|7|210|chicco cam peg -
kids.toys|Toys|Toy|6|24|lego hasbro - -
kids.skates|Skates|Skates|3|58|rollerblade - -
sport.bicycle|Bicycles|Bicycle|6|310|stels forward stern
sport.trainer|Exercise machines|Exercise machine|3|280|torneo dfc -
stationery.cartrige|Printer cartridges|Cartridge|3|42|canon hp epson
medicine.tools.tonometer|Blood pressure monitors|Blood pressure monitor|3|47|omron and microlife
|Bed linen|Bed linen|41|48|- - togas arya
|Car tyres|Tyre|48|86|cordiant nokian michelin yokohama hankook viatti
|Wheels|Wheel|22|62|skad carver replay -
|Perfume|Perfume|32|64|lucente versace dior lacoste -
|Cookware|Pan|29|34|luminarc tefal rondell vitesse -
|Dishes|Dinner set|18|41|luminarc bormioli - -
|Curtains|Curtain|15|38|- - santa
|Carpets|Carpet|13|105|- merinos
|Chandeliers|Chandelier|24|96|- lussole odeon -
|Jackets|Jacket|21|92|- columbia sela finn
|Boots|Boots|18|88|respect baden rieker -
|Mattresses|Mattress|14|190|ormatek askona -
|Dietary supplements|Supplement|16|22|leo solgar - -
|Garden tools|Garden tool|12|29|gardena fiskars - -
|Pet food|Pet food|10|14|purina royal -
|Books|Book|12|13|- - -
|Phone cases|Phone case|17|12|- spigen nillkin
|Cosmetics|Cream|16|19|loreal nivea vichy -
|Christmas decorations|Decoration|6|11|- - -
|Musical instruments|Guitar|6|170|yamaha casio fender
`;

export const CATEGORIES: readonly Category[] = TEXT.trim()
  .split('\n')
  .map((line) => {
    const [code = '', name = '', noun = '', weight = '1', price = '10', brands = ''] = line.split('|');
    return {
      code,
      name,
      noun,
      weight: Number(weight),
      price: Number(price),
      brands: brands.split(' ').map((brand) => (brand === '-' ? '' : brand)),
    };
  });
