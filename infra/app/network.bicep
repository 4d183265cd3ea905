// One network. The GPU hosts have no keys of their own, so nothing outside of it may reach them.

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('What makes names unique.')
param resourceToken string

@description('Address space; a /16 leaves room for subnets that others add.')
param addressPrefix string

var functionsSubnet = 'functions'
var privateEndpointsSubnet = 'private-endpoints'
var containerAppsSubnet = 'container-apps'

// Flex Consumption runs on what Container Apps runs on, hence the delegation's name; the two still need a subnet each.
var delegations = [
  {
    name: 'Microsoft.App.environments'
    properties: {
      serviceName: 'Microsoft.App/environments'
    }
  }
]

// The subnets stand inside the network: as resources of their own they would vanish and come back at every deployment.
resource network 'Microsoft.Network/virtualNetworks@2025-09-01' = {
  name: 'vnet-${resourceToken}'
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [addressPrefix]
    }
    subnets: [
      {
        name: functionsSubnet
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 0)
          delegations: delegations
        }
      }
      {
        name: privateEndpointsSubnet
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 1)
        }
      }
      {
        // A replica takes an address, and twice as many are needed while one revision replaces another.
        name: containerAppsSubnet
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 23, 1)
          delegations: delegations
        }
      }
    ]
  }
}

output ID string = network.id
output FUNCTIONS_SUBNET_ID string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, functionsSubnet)
output PRIVATE_ENDPOINTS_SUBNET_ID string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, privateEndpointsSubnet)
output CONTAINER_APPS_SUBNET_ID string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, containerAppsSubnet)
